package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.util.Set;

/**
 * Which files of a flux the broker has a message of, with those that are out with a worker and not
 * settled: some 130 bytes of memory each.
 *
 * @param deposits on their way to a worker, or with it
 * @param returns of which a receipt or an outcome is on its way
 * @param letters among the dead
 */
record Queued(Set<FileId> deposits, Set<FileId> returns, Set<FileId> letters) {
  /** Looks at the queues, as they are now. */
  @FunctionalInterface
  interface Look {
    Queued now() throws IOException;
  }

  /** In the order in which a settled message goes on: what moves meanwhile is seen in either. */
  static Queued of(EmbeddedBroker broker, FluxName flux) throws IOException {
    return new Queued(
        broker.holding(Addresses.deposits(flux)),
        broker.holding(Addresses.returns(flux)),
        broker.holding(Addresses.dead(flux)));
  }

  boolean isUnderWay(FileId id) {
    return deposits.contains(id) || returns.contains(id);
  }

  boolean hasLetter(FileId id) {
    return letters.contains(id);
  }
}
