package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** What the file server's daemon can be asked while it runs. */
final class IngestDesk {
  private final Fluxes fluxes;
  private final BalanceClerk balance;

  private IngestDesk(Fluxes fluxes, BalanceClerk balance) {
    this.fluxes = fluxes;
    this.balance = balance;
  }

  static Desk open(Fluxes fluxes, BalanceClerk balance) {
    IngestDesk desk = new IngestDesk(fluxes, balance);
    return new Desk()
        .on("rescan", desk::rescan)
        .on("pending", new Pending(fluxes, InstantSource.system())::answer)
        .on("balance", desk::balance);
  }

  /** {@code flux}: that one only; {@code from}, {@code to}, {@code deep}. */
  private void balance(Question question, Asker asker, Reply reply)
      throws Refusal, IOException, InterruptedException {
    balance.answer(question, asker, meant(question), reply);
  }

  /** {@code flux}: that one only. One item a flux. */
  private void rescan(Question question, Asker asker, Reply reply) throws Refusal, IOException {
    for (FluxIngest flux : meant(question)) {
      flux.rescan();
      reply.item(Map.of("flux", flux.name()));
    }
  }

  private List<FluxIngest> meant(Question question) throws Refusal {
    List<FluxIngest> running = fluxes.running();
    if (question.get("flux").isEmpty()) {
      return running;
    }
    String name = question.get("flux").get();
    List<FluxIngest> found =
        running.stream().filter(flux -> flux.name().value().equals(name)).toList();
    if (found.isEmpty()) {
      throw new Refusal("flux " + name + " does not run here; `navette status` says why");
    }
    return found;
  }
}
