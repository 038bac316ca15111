package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.carry.Sender;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.spool.Records;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.Optional;
import javax.jms.JMSException;

/**
 * What an outcome does on the file server: a processed deposit's record is closed; any other
 * becomes a dead letter, whose record stays as long as the letter does. An outcome may come twice.
 */
final class Endings {
  private final Records arrived;
  private final Records dead;
  private final DeadLetters deadLetters;
  private final FluxLog log;
  private final Checkpoint checkpoint;

  Endings(
      Records arrived, Records dead, DeadLetters deadLetters, FluxLog log, Checkpoint checkpoint) {
    this.arrived = arrived;
    this.dead = dead;
    this.deadLetters = deadLetters;
    this.log = log;
    this.checkpoint = checkpoint;
  }

  /**
   * Ends a deposit.
   *
   * @param closed runs once everything that the outcome asks for is durable
   */
  void end(Outcome outcome, String era, Sender sender, Runnable closed)
      throws IOException, JMSException, InterruptedException {
    FileId id = outcome.id();
    checkpoint.reached(Step.ENDED, id);
    Optional<Arrived> open = openRecord(outcome);
    if (open.isEmpty()) {
      // Closed before: the worker did not hear it.
      closed.run();
    } else if (outcome.result() == Result.PROCESSED) {
      tell(outcome);
      arrived.remove(id);
      dead.remove(id);
      checkpoint.reached(Step.CLOSED, id);
      closed.run();
    } else {
      bury(outcome, open.get().inRound(outcome.round()), era, sender, closed);
    }
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

  private void bury(Outcome outcome, Arrived record, String era, Sender sender, Runnable closed)
      throws IOException, JMSException, InterruptedException {
    FileId id = outcome.id();
    try {
      deadLetters.bury(
          record, era, outcome.reason(), sender, () -> buried(outcome, record.sentTo(era), closed));
    } catch (NoSuchFileException purged) {
      log.error(
          id, "dead-without-content", "archive", record.archive(), "reason", outcome.reason());
      buried(outcome, record.sentTo(era), closed);
    }
  }

  /** The broker has the letter on disk; the record follows it. */
  private void buried(Outcome outcome, Arrived record, Runnable closed) {
    FileId id = outcome.id();
    checkpoint.reached(Step.DEAD, id);
    try {
      tell(outcome);
      dead.write(id, record.spelled());
      dead.sync();
      arrived.remove(id);
      log.warn(id, "dead", "reason", outcome.reason(), "round", outcome.round());
    } catch (IOException e) {
      log.error(id, "suspended", "reason", e.toString(), "then", "its outcome comes again");
      return;
    }
    checkpoint.reached(Step.CLOSED, id);
    closed.run();
  }

  private void tell(Outcome outcome) {
    log.info(
        outcome.id(),
        outcome.result().name().toLowerCase(Locale.ROOT),
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

  /**
   * Sends again, from the archive, what a broker that is gone had: letters, and files under way.
   */
  void sendAgain(String era, Sender sender) throws IOException, JMSException, InterruptedException {
    for (FileId id : arrived.list()) {
      Arrived record = Arrived.parse(id, arrived.read(id).orElseThrow());
      if (!record.era().equals(era)) {
        again(
            record,
            era,
            () ->
                deadLetters.sendAgain(
                    record, era, sender, () -> remember(arrived, record.sentTo(era))));
      }
    }
    for (FileId id : dead.list()) {
      Arrived record = Arrived.parse(id, dead.read(id).orElseThrow());
      if (!record.era().equals(era)) {
        again(
            record,
            era,
            () ->
                deadLetters.bury(
                    record,
                    era,
                    "sent again: the broker had lost it",
                    sender,
                    () -> remember(dead, record.sentTo(era))));
      }
    }
  }

  @FunctionalInterface
  private interface Send {
    void send() throws IOException, JMSException, InterruptedException;
  }

  private void again(Arrived record, String era, Send send)
      throws IOException, JMSException, InterruptedException {
    try {
      send.send();
      log.info(record.id(), "sent-again", "from", record.archive(), "era", era);
    } catch (NoSuchFileException notThere) {
      // Either the move to the archive is still to be done (the spool sends it then), or somebody
      // removed it: both are told apart by whoever reads this line with the spool at hand.
      log.warn(
          record.id(), "not-sent-again", "reason", "not in the archive", "path", record.archive());
    }
  }

  private void remember(Records records, Arrived record) {
    try {
      records.write(record.id(), record.spelled());
    } catch (IOException e) {
      log.warn(
          record.id(),
          "not-remembered",
          "reason",
          e.toString(),
          "then",
          "sent once more at restart");
    }
  }
}
