package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.message.CorruptPayload;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.file.Hashing;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.landing.Landing;
import fr.epiconcept.navette.flux.landing.Landing.Landed;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.worker.Progress.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.jms.JMSException;
import javax.jms.Message;

/**
 * The way of one deposit on the processing server: receive, receipt, process, settle.
 *
 * <p>Each step leaves a durable mark before the next one begins, so a delivery that comes again
 * enters where the last one was cut: it never stores a stored file, never runs a finished script.
 */
final class Processing {
  /** How long a fault of the machine (disk full, no right) rests before the next try. */
  private static final Duration AFTER_FAULT = Duration.ofSeconds(5);

  /** After so many deliveries with wrong bytes it is not the link that spoils them. */
  private static final int MOST_CORRUPT = 3;

  private final Landing landing;
  private final Marks marks;
  private final Runs runs;
  private final Answers answers;
  private final Optional<KeptFolder> archive;
  private final FluxLog log;
  private final Checkpoint checkpoint;

  /** How often the bytes of a deposit came wrong. */
  private final Map<FileId, Integer> corrupt = new ConcurrentHashMap<>();

  /**
   * The processing of one flux.
   *
   * @param archive where a file goes when its script has ended; empty: the script took care of it
   */
  Processing(
      Landing landing,
      Marks marks,
      Runs runs,
      Answers answers,
      Optional<KeptFolder> archive,
      FluxLog log,
      Checkpoint checkpoint) {
    this.landing = landing;
    this.marks = marks;
    this.runs = runs;
    this.answers = answers;
    this.archive = archive;
    this.log = log;
    this.checkpoint = checkpoint;
  }

  /** What a delivery gives to the way of its file, and is asked for on it. */
  interface Delivery {
    Message message();

    /** Tells the file server that the deposit is whole and durable here. */
    void receipt(Deposit deposit) throws InterruptedException;

    /** Settles outcome, acknowledgements and message in one transaction. */
    void settle(Deposit deposit, Finished end, List<Entry> answers)
        throws JMSException, IOException, InterruptedException;

    /** Waits; false if the delivery ended meanwhile (stop, link lost) and work must not go on. */
    boolean rest(Duration duration) throws InterruptedException;
  }

  /**
   * Takes a deposit all the way, or as far as the delivery lasts: what is left undone is done by
   * the next delivery.
   *
   * @return the end that was settled, or nothing if the delivery ended before
   */
  Optional<Finished> take(Deposit deposit, Delivery delivery)
      throws IOException, JMSException, InterruptedException {
    FileId id = deposit.id();
    checkpoint.reached(Step.RECEIVING, id);
    Progress progress = recall(deposit);
    Optional<Finished> end = progress.finished();
    if (end.isEmpty()) {
      Path file;
      try {
        file = receive(deposit, delivery.message(), progress);
      } catch (CorruptPayload e) {
        return corrupt(deposit, e, delivery);
      }
      delivery.receipt(deposit);
      checkpoint.reached(Step.RECEIPTED, id);
      end = runs.until(deposit, file, progress, delivery);
    } else {
      Messages.skipPayload(delivery.message());
      if (end.get().attempts() > 0) {
        // What never ran may never have been whole.
        delivery.receipt(deposit);
      }
    }
    if (end.isEmpty() || !putAway(deposit, delivery)) {
      return Optional.empty();
    }
    List<Entry> collected = collect(end.get(), progress.attempt(id, end.get().attempts()));
    checkpoint.reached(Step.ANSWERED, id);
    delivery.settle(deposit, end.get(), collected);
    return end;
  }

  /**
   * What a run left that nobody saw the end of may be half of it, and its file is left to people.
   */
  private List<Entry> collect(Finished end, Attempt last) throws IOException {
    if (end.result() == Result.INTERRUPTED) {
      answers.discardAll(last.id());
      return List.of();
    }
    return answers.collect(last);
  }

  /** The file server has the true bytes: it is asked for them again, then told to give up. */
  private Optional<Finished> corrupt(Deposit deposit, CorruptPayload e, Delivery delivery)
      throws IOException, JMSException, InterruptedException {
    log.error(deposit.id(), "corrupt", "reason", e.getMessage());
    if (corrupt.merge(deposit.id(), 1, Integer::sum) < MOST_CORRUPT) {
      delivery.rest(AFTER_FAULT);
      return Optional.empty();
    }
    Finished end = giveUp(deposit, "corrupt: " + e.getMessage(), delivery);
    corrupt.remove(deposit.id());
    return Optional.of(end);
  }

  /**
   * Ends a deposit whose bytes never come whole. An end like any other, but for the run: marked, so
   * that a redelivery tells the same.
   */
  Finished giveUp(Deposit deposit, String reason, Delivery delivery)
      throws IOException, JMSException, InterruptedException {
    Finished end = runs.withoutRun(deposit.id(), reason);
    delivery.settle(deposit, end, List.of());
    return end;
  }

  /** What is known of the deposit; a later round begins anew. */
  private Progress recall(Deposit deposit) throws IOException {
    FileId id = deposit.id();
    if (marks.isDone(id)) {
      marks.reopen(id);
    }
    Progress progress = Progress.of(marks.read(id));
    // A later round may be the first that this worker sees: another had the file, or its mark is
    // too old. Without this line its end would be told as that of the first round, and never held.
    if (deposit.round() > Math.max(progress.round(), 1)) {
      marks.write(id, Progress.again(deposit.round()));
      progress = Progress.of(marks.read(id));
    }
    return progress;
  }

  private Path receive(Deposit deposit, Message message, Progress before) throws IOException {
    String[] sha256 = new String[1];
    Landed landed =
        landing.land(
            deposit.id(),
            deposit.name(),
            deposit.modified(),
            out -> sha256[0] = Messages.savePayload(message, deposit.size(), out));
    Landed.At at = (Landed.At) landed;
    if (!at.before()) {
      sayReceived(deposit, at.path(), sha256[0]);
      return at.path();
    }
    if (at.stands()) {
      if (before.untold()) {
        // The crash may have come after the line: said twice is better than never.
        sayReceived(deposit, at.path(), HexFormat.of().formatHex(Hashing.sha256(at.path())));
        marks.write(deposit.id(), Progress.received());
      }
      Messages.skipPayload(message);
      return at.path();
    }
    // An interrupted run had taken it away; the run that repeats it needs it once more.
    log.warn(
        deposit.id(),
        "stored-again",
        "reason",
        "an interrupted run had taken it",
        "path",
        at.path());
    marks.write(deposit.id(), Progress.again(deposit.round()));
    return receive(deposit, message, before);
  }

  private void sayReceived(Deposit deposit, Path path, String sha256) {
    log.info(
        deposit.id(),
        "received",
        "name",
        deposit.name(),
        "bytes",
        deposit.size(),
        "sha256",
        sha256,
        "to",
        path,
        "replay-of",
        deposit.replayOf().orElse(null));
  }

  /**
   * A faulty archive never leads back to the script: the end is marked, so only the move is tried.
   */
  private boolean putAway(Deposit deposit, Delivery delivery)
      throws IOException, InterruptedException {
    if (archive.isEmpty()) {
      return true;
    }
    Optional<Path> stored = landing.landedBefore(deposit.id());
    while (stored.isPresent()) {
      try {
        Optional<Path> place = archive.get().keep(stored.get(), deposit.id(), deposit.name());
        archive.get().sync(archive.get().day(deposit.id()));
        log.info(
            deposit.id(),
            "archived",
            "bytes",
            deposit.size(),
            "to",
            place.isPresent() ? place.get() : "nowhere: the script had taken it");
        return true;
      } catch (IOException e) {
        log.error(deposit.id(), "suspended", "reason", e.toString(), "again-in", AFTER_FAULT);
        if (!delivery.rest(AFTER_FAULT)) {
          return false;
        }
      }
    }
    return true;
  }
}
