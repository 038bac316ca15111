package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which dead letters of a flux somebody has sent back by the stock command line. Their records stay
 * among the dead until they end once more; only the queues tell where they are.
 *
 * <p>For one listing: the queues are read when the first record asks, and once.
 */
final class SentBack implements Predicate<FileId> {
  private static final Logger LOG = LoggerFactory.getLogger(SentBack.class);

  private final FluxName flux;
  private final Queues queues;
  private Optional<Set<FileId>> letters = Optional.empty();
  private Optional<Set<FileId>> underWay = Optional.empty();

  /** Which files a queue has a message of, those that are out with a worker included. */
  @FunctionalInterface
  interface Queues {
    Set<FileId> holding(String queue) throws IOException;
  }

  SentBack(FluxName flux, Queues queues) {
    this.flux = flux;
    this.queues = queues;
  }

  /** Whether the dead letter of that file is on its way again. */
  @Override
  public boolean test(FileId id) {
    try {
      // In this order: a letter that is sent back meanwhile is seen in the one or in the other.
      if (letters.isEmpty()) {
        letters = Optional.of(queues.holding(Addresses.dead(flux)));
      }
      return !letters.get().contains(id) && isUnderWay(id);
    } catch (IOException e) {
      LOG.debug("the queues of {} cannot be read", flux, e);
      return false;
    }
  }

  private boolean isUnderWay(FileId id) throws IOException {
    if (underWay.isEmpty()) {
      Set<FileId> both = new HashSet<>(queues.holding(Addresses.deposits(flux)));
      both.addAll(queues.holding(Addresses.returns(flux)));
      underWay = Optional.of(both);
    }
    return underWay.get().contains(id);
  }
}
