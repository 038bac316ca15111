package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.carry.Sender;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.ledger.End;
import fr.epiconcept.navette.flux.ledger.Ledger;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.spool.Records;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import javax.jms.JMSException;

/**
 * What an outcome does on the file server: a processed deposit's record is closed; any other
 * becomes a dead letter, whose record stays as long as the letter does. An outcome may come twice.
 */
final class Endings {
  private final Records arrived;
  private final Records dead;
  private final DeadLetters deadLetters;
  private final Ledger ledger;
  private final Consumer<FileId> over;
  private final FluxLog log;
  private final Checkpoint checkpoint;

  /**
   * The endings of one flux.
   *
   * @param over told of each deposit that has ended
   */
  Endings(
      Records arrived,
      Records dead,
      DeadLetters deadLetters,
      Ledger ledger,
      Consumer<FileId> over,
      FluxLog log,
      Checkpoint checkpoint) {
    this.arrived = arrived;
    this.dead = dead;
    this.deadLetters = deadLetters;
    this.ledger = ledger;
    this.over = over;
    this.log = log;
    this.checkpoint = checkpoint;
  }

  /**
   * Ends a deposit. Durable after {@link #sync}.
   *
   * @param letterSent runs when the broker has the dead letter, on a thread that must not work:
   *     {@link #buried} is then to be called
   * @return whether it is ended; false: {@code letterSent} will run
   */
  boolean end(Outcome outcome, String era, Sender sender, Runnable letterSent)
      throws IOException, JMSException, InterruptedException {
    FileId id = outcome.id();
    checkpoint.reached(Step.ENDED, id);
    Optional<Arrived> open = openRecord(outcome);
    if (open.isEmpty()) {
      // Closed before: the worker did not hear it.
      return true;
    }
    if (outcome.result() != Result.PROCESSED) {
      return bury(outcome, open.get().inRound(outcome.round()), era, sender, letterSent);
    }
    tell(outcome, open.get());
    // Before the records go: with them, a crash would take the only word of its end.
    ledger.ended(id, End.PROCESSED);
    arrived.remove(id);
    dead.remove(id);
    over.accept(id);
    checkpoint.reached(Step.CLOSED, id);
    return true;
  }

  /** Makes what ended durable. */
  void sync() throws IOException {
    arrived.sync();
    dead.sync();
  }

  /** A dead letter that was sent back has its record among the dead ones. */
  private Optional<Arrived> openRecord(Outcome outcome) throws IOException {
    FileId id = outcome.id();
    Optional<Arrived> fresh = arrived.read(id).map(record -> Arrived.parse(id, record));
    if (fresh.isPresent()) {
      return fresh;
    }
    return dead.read(id)
        .map(record -> Arrived.parse(id, record))
        .filter(buried -> outcome.round() > buried.round());
  }

  private boolean bury(
      Outcome outcome, Arrived record, String era, Sender sender, Runnable letterSent)
      throws IOException, JMSException, InterruptedException {
    try {
      deadLetters.bury(record, era, outcome.reason(), sender, letterSent);
      return false;
    } catch (NoSuchFileException missing) {
      if (!record.isRemoved()) {
        throw missing;
      }
      log.error(
          outcome.id(),
          "dead-without-content",
          "archive",
          record.archive(),
          "reason",
          outcome.reason());
      buried(outcome, era, End.DEAD_WITHOUT_CONTENT);
      return true;
    }
  }

  /** The broker has the letter on disk; the record follows it. May be called again. */
  void buried(Outcome outcome, String era) throws IOException {
    buried(outcome, era, End.DEAD);
  }

  private void buried(Outcome outcome, String era, End how) throws IOException {
    FileId id = outcome.id();
    checkpoint.reached(Step.DEAD, id);
    Optional<Arrived> open = openRecord(outcome);
    if (open.isPresent()) {
      tell(outcome, open.get());
      Arrived letter = open.get().inRound(outcome.round()).sentTo(era);
      dead.write(id, letter.givenUp(outcome.reason()).spelled());
      dead.sync();
      ledger.ended(id, how);
      arrived.remove(id);
      arrived.sync();
      over.accept(id);
      log.warn(id, "dead", "reason", outcome.reason(), "round", outcome.round());
    }
    checkpoint.reached(Step.CLOSED, id);
  }

  private void tell(Outcome outcome, Arrived deposit) {
    log.info(
        outcome.id(),
        outcome.result().name().toLowerCase(Locale.ROOT),
        "name",
        deposit.name(),
        "bytes",
        deposit.size(),
        "exit",
        outcome.exit().orElse(null),
        "duration",
        outcome.duration(),
        "attempts",
        outcome.attempts(),
        "worker",
        outcome.worker(),
        "reason",
        outcome.reason().isEmpty() ? null : outcome.reason());
  }
}
