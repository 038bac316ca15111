package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.message.Parcel;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.log.FluxLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import javax.jms.JMSException;
import javax.jms.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receipts and outcomes, taken many at once so that they share a sync: what has arrived goes to the
 * archive, what has ended is ended and confirmed. One thread takes, in turns.
 */
final class Batches {
  private static final Logger LOG = LoggerFactory.getLogger(Batches.class);
  private static final int BATCH = 256;

  private final FluxName flux;
  private final Archive archive;
  private final Endings endings;
  private final Confirmations confirmations;
  private final ReturnLink link;
  private final Steps steps;
  private final FluxLog log;
  private final BlockingQueue<Item> waiting = new ArrayBlockingQueue<>(4 * BATCH);

  private record Item(Message message, Parcel parcel, ReturnSession from) {}

  Batches(
      FluxName flux,
      Archive archive,
      Endings endings,
      Confirmations confirmations,
      ReturnLink link,
      Steps steps,
      FluxLog log) {
    this.flux = flux;
    this.archive = archive;
    this.endings = endings;
    this.confirmations = confirmations;
    this.link = link;
    this.steps = steps;
    this.log = log;
  }

  /** One more; blocks while too many wait. */
  void put(Parcel parcel, Message message, ReturnSession from) throws InterruptedException {
    waiting.put(new Item(message, parcel, from));
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  void clear() {
    waiting.clear();
  }

  /** Takes the next batch. What cannot be taken now comes again, and keeps no other. */
  void take(ReturnSession current) throws IOException, JMSException, InterruptedException {
    List<Item> batch = new ArrayList<>();
    waiting.drainTo(batch, BATCH);
    batch.removeIf(item -> item.from() != current);
    Set<FileId> notArchived = archive(batch, current);
    batch.removeIf(item -> notArchived.contains(item.parcel().id()));
    List<Item> closed = new ArrayList<>();
    for (Item item : batch) {
      if (end(item, current)) {
        closed.add(item);
      }
    }
    // A confirmation may make the worker forget: the end must be on disk before.
    endings.sync();
    for (Item item : closed) {
      confirmations.ended((Outcome) item.parcel(), item.message(), item.from());
    }
  }

  /**
   * Archives what the batch says has arrived.
   *
   * @return what cannot be archived now: it comes again
   */
  private Set<FileId> archive(List<Item> batch, ReturnSession current) {
    Set<FileId> arrived = new LinkedHashSet<>();
    for (Item item : batch) {
      if (item.parcel() instanceof Receipt receipt) {
        if (isOfAnotherBroker(receipt, current)) {
          continue;
        }
        transferred(receipt);
      }
      // An outcome says all that a receipt says: the worker has the file. Receipts can be lost.
      arrived.add(item.parcel().id());
    }
    try {
      archive.take(List.copyOf(arrived), current.era());
      return Set.of();
    } catch (IOException | RuntimeException oneOfThem) {
      link.comesAgain("a receipt cannot be taken", oneOfThem);
      return archiveOneByOne(arrived, current);
    }
  }

  private boolean isOfAnotherBroker(Receipt receipt, ReturnSession current) {
    try {
      return archive.isToBeSentAgain(receipt.id(), current.era());
    } catch (IOException e) {
      // Taking it says why.
      return false;
    }
  }

  private void transferred(Receipt receipt) {
    log.info(
        receipt.id(),
        "transferred",
        "bytes",
        archive.size(receipt.id()).orElse(null),
        "to",
        receipt.from(),
        "round",
        receipt.round());
  }

  /** Without the shared sync: one file's fault must not keep the others. */
  private Set<FileId> archiveOneByOne(Set<FileId> arrived, ReturnSession current) {
    Set<FileId> failed = new HashSet<>();
    for (FileId id : arrived) {
      try {
        archive.take(List.of(id), current.era());
      } catch (IOException | RuntimeException e) {
        LOG.debug("{}: {} is not archived", flux, id, e);
        failed.add(id);
      }
    }
    return failed;
  }

  /** Whether it is an outcome that is ended, but for the sync and its confirmation. */
  private boolean end(Item item, ReturnSession current) throws JMSException, InterruptedException {
    if (!(item.parcel() instanceof Outcome outcome)) {
      confirmations.settle(item.message(), item.from());
      return false;
    }
    try {
      Runnable buried = () -> steps.later(() -> bury(outcome, item));
      return endings.end(outcome, current.era(), current.sender(), buried);
    } catch (IOException | RuntimeException e) {
      // A record or a file of the archive that cannot be read: the others go on.
      link.comesAgain("an outcome cannot be taken", e);
      return false;
    }
  }

  /** The broker has the dead letter on disk. */
  private void bury(Outcome outcome, Item item)
      throws IOException, JMSException, InterruptedException {
    endings.buried(outcome, item.from().era());
    confirmations.ended(outcome, item.message(), item.from());
  }
}
