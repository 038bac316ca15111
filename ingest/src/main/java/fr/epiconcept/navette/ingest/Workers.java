package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Account;
import fr.epiconcept.navette.broker.Accounts;
import fr.epiconcept.navette.broker.ask.Asking;
import fr.epiconcept.navette.broker.ask.Elsewhere;
import fr.epiconcept.navette.flux.live.Question;
import java.io.IOException;
import java.util.List;

/** The processing servers, as far as they can be asked: every worker's account. */
final class Workers implements Elsewhere.Others {
  private final Accounts accounts;
  private final Asking asking;

  Workers(Accounts accounts, Asking asking) {
    this.accounts = accounts;
    this.asking = asking;
  }

  /** With {@code flux}: those that may serve it. */
  @Override
  public List<Elsewhere.Other> concerned(Question question) throws IOException {
    return accounts.list().stream()
        .filter(account -> !account.admin() && serves(account, question))
        .map(account -> Elsewhere.over(asking, account.name()))
        .toList();
  }

  private static boolean serves(Account account, Question question) {
    return question.get("flux").stream()
        .allMatch(flux -> account.fluxes().stream().anyMatch(its -> its.value().equals(flux)));
  }
}
