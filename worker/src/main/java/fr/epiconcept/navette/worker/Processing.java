package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.command.CommandNotStarted;
import fr.epiconcept.navette.flux.command.End;
import fr.epiconcept.navette.flux.config.RetryRules;
import fr.epiconcept.navette.flux.config.WorkerSection.OnInterrupt;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.file.Landing;
import fr.epiconcept.navette.flux.file.Landing.Landed;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.worker.Progress.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
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

  private final Landing landing;
  private final Marks marks;
  private final Script script;
  private final Answers answers;
  private final Optional<KeptFolder> archive;
  private final RetryRules retry;
  private final OnInterrupt onInterrupt;
  private final FluxLog log;
  private final InstantSource clock;
  private final Checkpoint checkpoint;

  /** The parts of a flux that process. */
  record Parts(
      Landing landing,
      Marks marks,
      Script script,
      Answers answers,
      Optional<KeptFolder> archive,
      FluxLog log) {}

  Processing(
      Parts parts,
      RetryRules retry,
      OnInterrupt onInterrupt,
      InstantSource clock,
      Checkpoint checkpoint) {
    this.landing = parts.landing();
    this.marks = parts.marks();
    this.script = parts.script();
    this.answers = parts.answers();
    this.archive = parts.archive();
    this.log = parts.log();
    this.retry = retry;
    this.onInterrupt = onInterrupt;
    this.clock = clock;
    this.checkpoint = checkpoint;
  }

  /** What a delivery gives to the way of its file, and is asked for on it. */
  interface Delivery {
    Message message();

    /** Tells the file server that the deposit is whole and durable here. */
    void receipt(Deposit deposit) throws JMSException, InterruptedException;

    /** Settles outcome, acknowledgements and message in one transaction. */
    void settle(Deposit deposit, Finished end, List<Entry> answers)
        throws JMSException, IOException, InterruptedException;

    /** Waits; false if the delivery ended meanwhile (stop, link lost) and work must not go on. */
    boolean rest(Duration duration) throws InterruptedException;
  }

  /**
   * Takes a deposit all the way, or as far as the delivery lasts: what is left undone is done by the
   * next delivery.
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
      Path file = receive(deposit, delivery.message());
      delivery.receipt(deposit);
      checkpoint.reached(Step.RECEIPTED, id);
      end = process(deposit, file, progress, delivery);
    } else {
      delivery.receipt(deposit);
    }
    if (end.isEmpty() || !putAway(deposit, delivery)) {
      return Optional.empty();
    }
    List<Entry> collected = answers.collect(id);
    checkpoint.reached(Step.ANSWERED, id);
    delivery.settle(deposit, end.get(), collected);
    return end;
  }

  /** What is known of the deposit; a later round begins anew. */
  private Progress recall(Deposit deposit) throws IOException {
    FileId id = deposit.id();
    if (marks.isDone(id)) {
      marks.reopen(id);
    }
    Progress progress = Progress.of(marks.read(id));
    if (progress.round() > 0 && deposit.round() > progress.round()) {
      marks.write(id, Progress.again(deposit.round()));
      progress = Progress.of(marks.read(id));
    }
    return progress;
  }

  private Path receive(Deposit deposit, Message message) throws IOException {
    String[] sha256 = new String[1];
    Landed landed =
        landing.land(
            deposit.id(),
            deposit.name(),
            deposit.modified(),
            out -> sha256[0] = Messages.savePayload(message, deposit.size(), out));
    Landed.At at = (Landed.At) landed;
    if (!at.before()) {
      log.info(
          deposit.id(),
          "received",
          "name",
          deposit.name(),
          "bytes",
          deposit.size(),
          "sha256",
          sha256[0],
          "to",
          at.path());
      return at.path();
    }
    if (Files.exists(at.path(), LinkOption.NOFOLLOW_LINKS)) {
      return at.path();
    }
    // An interrupted run had taken it away; the run that repeats it needs it once more.
    log.warn(deposit.id(), "stored-again", "reason", "an interrupted run had taken it", "path", at.path());
    marks.write(deposit.id(), Progress.again(deposit.round()));
    return receive(deposit, message);
  }

  // --- process ---

  private Optional<Finished> process(
      Deposit deposit, Path file, Progress before, Delivery delivery)
      throws IOException, InterruptedException {
    FileId id = deposit.id();
    int attempt = before.attempts();
    if (before.running()) {
      log.warn(id, "interrupted", "attempt", attempt, "then", onInterrupt);
      boolean giveUp = onInterrupt == OnInterrupt.HOLD || attempt >= retry.attempts();
      if (giveUp) {
        return Optional.of(finish(id, interrupted(attempt)));
      }
    }
    if (before.againAt().isPresent() && !restUntil(before.againAt().get(), delivery)) {
      return Optional.empty();
    }
    while (true) {
      attempt++;
      Duration[] lasted = new Duration[1];
      Optional<Integer>[] exit = newExit();
      Decision decision = run(deposit, file, attempt, lasted, exit);
      if (decision instanceof Decision.AgainLater later) {
        if (!again(id, attempt, exit[0].orElse(0), later.delay(), delivery)) {
          return Optional.empty();
        }
      } else if (decision instanceof Decision.Interrupted) {
        marks.write(id, Progress.interrupted(attempt));
        log.warn(id, "interrupted", "attempt", attempt, "reason", "the daemon stopped");
        return Optional.empty();
      } else {
        Result result =
            decision instanceof Decision.Processed ? Result.PROCESSED : Result.FAILED;
        String reason = decision instanceof Decision.Failed failed ? failed.reason() : "";
        return Optional.of(
            finish(id, new Finished(result, exit[0], lasted[0], attempt, reason)));
      }
    }
  }
}
