package fr.epiconcept.navette.broker.ask;

import fr.epiconcept.navette.broker.Account;
import fr.epiconcept.navette.broker.Accounts;
import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Where a daemon stands: which queue it reads, and who is at the other end. Thread-safe. */
public interface Place {
  /** The queue that it reads. */
  String queue();

  /**
   * What the user knows the other end as.
   *
   * @param sender the account that the broker has let in and that sent the message
   */
  String nameOf(String sender);

  /** The queue that it reads. */
  String queueOf(String name);

  /**
   * About which fluxes it may ask.
   *
   * @throws IOException if that cannot be known now
   */
  Set<FluxName> fluxesOf(String name) throws IOException;

  /** Why it cannot be asked now, if that is known. */
  Optional<String> deaf(String name);

  /**
   * The file server's daemon, which knows the others by their accounts.
   *
   * @param listens whether somebody under that account reads its questions
   */
  static Place ofIngest(Accounts accounts, Predicate<String> listens) {
    return new Place() {
      @Override
      public String queue() {
        return Addresses.INGEST_ASK;
      }

      @Override
      public String nameOf(String sender) {
        return sender;
      }

      @Override
      public String queueOf(String name) {
        return Addresses.workerAsk(name);
      }

      @Override
      public Set<FluxName> fluxesOf(String name) throws IOException {
        return accounts.list().stream()
            .filter(account -> account.name().equals(name))
            .findFirst()
            .map(Account::fluxes)
            .orElse(Set.of());
      }

      @Override
      public Optional<String> deaf(String name) {
        return listens.test(name)
            ? Optional.empty()
            : Optional.of("it is not connected (or of an older version, which cannot be asked)");
      }
    };
  }

  /**
   * A worker's daemon on its link to one file server.
   *
   * @param fluxes those that come from there
   */
  static Place ofWorker(String account, String fileServer, Supplier<Set<FluxName>> fluxes) {
    return new Place() {
      @Override
      public String queue() {
        return Addresses.workerAsk(account);
      }

      /** Nobody but ingest and the administrators may send to that queue. */
      @Override
      public String nameOf(String sender) {
        return fileServer;
      }

      @Override
      public String queueOf(String name) {
        return Addresses.INGEST_ASK;
      }

      @Override
      public Set<FluxName> fluxesOf(String name) {
        return fluxes.get();
      }

      @Override
      public Optional<String> deaf(String name) {
        return Optional.empty();
      }
    };
  }
}
