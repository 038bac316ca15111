package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.begin.Note.Step;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.command.CommandNotStarted;
import fr.epiconcept.navette.flux.command.End;
import fr.epiconcept.navette.flux.config.RetryRules;
import fr.epiconcept.navette.flux.config.WorkerSection.OnInterrupt;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.worker.Processing.Delivery;
import fr.epiconcept.navette.worker.Progress.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;

/**
 * Runs the script on a deposit until it has ended for good: once, or again later as often as the
 * flux allows. "Started" is on disk before the script runs and "finished" before anybody is told,
 * so the one thing that no crash leaves open is whether it has ended.
 */
final class Runs {
  /**
   * How long a script that cannot be started rests. Being replaced takes it away for a moment only;
   * otherwise it waits for people, so for ever.
   */
  private static final Duration FIRST_REST = Duration.ofSeconds(1);

  private static final Duration LONGEST_REST = Duration.ofMinutes(2);

  private final Script script;
  private final Answers answers;
  private final PatientMarks marks;
  private final RetryRules retry;
  private final OnInterrupt onInterrupt;
  private final CurrentRun current;
  private final FluxLog log;
  private final InstantSource clock;
  private final Checkpoint checkpoint;

  // How often in a row it could not be started, by any lane.
  private int notStarted;

  Runs(
      Script script,
      Answers answers,
      PatientMarks marks,
      Policy policy,
      CurrentRun current,
      FluxLog log,
      InstantSource clock,
      Checkpoint checkpoint) {
    this.script = script;
    this.answers = answers;
    this.marks = marks;
    this.retry = policy.retry();
    this.onInterrupt = policy.onInterrupt();
    this.current = current;
    this.log = log;
    this.clock = clock;
    this.checkpoint = checkpoint;
  }

  /** What the flux wants when a run does not end well. */
  record Policy(RetryRules retry, OnInterrupt onInterrupt) {}

  /**
   * How an attempt ended.
   *
   * @param exit empty if the script could not be started: that attempt does not count
   */
  private record Ended(Decision decision, Optional<Integer> exit, Duration duration) {}

  /**
   * Runs the script until the deposit has an end.
   *
   * @param asking asked before each run, for another worker may have begun since
   */
  Course until(Deposit deposit, Path file, Progress before, Delivery delivery, Leave.Asking asking)
      throws IOException, InterruptedException {
    FileId id = deposit.id();
    Optional<Course> without = withoutRun(id, before.attempts(), asking);
    if (without.isPresent()) {
      return without.get();
    }
    if (before.running()) {
      log.warn(id, "interrupted", "attempt", before.attempts(), "then", lower(onInterrupt));
      boolean mayRunAgain = before.attempts() < retry.attempts();
      if (onInterrupt == OnInterrupt.HOLD || !mayRunAgain) {
        return new Course.Ended(finish(id, interrupted(before.attempts())));
      }
    }
    Optional<Instant> againAt = before.againAt();
    for (int number = before.attempts() + 1; ; number++) {
      if (againAt.isPresent()) {
        if (!restUntil(againAt.get(), delivery)) {
          return new Course.CutShort();
        }
        without = withoutRun(id, number - 1, asking);
        if (without.isPresent()) {
          return without.get();
        }
      }
      if (!delivery.rest(Duration.ZERO)) {
        // The link is lost or the daemon stops: somebody else may have the file by now.
        return new Course.CutShort();
      }
      Ended ended = run(deposit, file, before.attempt(id, number));
      if (ended.decision() instanceof Decision.Interrupted) {
        marks.write(id, Progress.interrupted(number));
        log.warn(id, "interrupted", "attempt", number, "reason", "the daemon stopped");
        return new Course.CutShort();
      }
      if (!(ended.decision() instanceof Decision.AgainLater later)) {
        return new Course.Ended(finish(id, end(ended, number)));
      }
      if (ended.exit().isEmpty()) {
        number--;
      }
      againAt = Optional.of(clock.instant().plus(later.delay()));
      marks.write(id, Progress.later(number, ended.exit().orElse(0), againAt.get()));
      log.info(
          id,
          "again-later",
          "exit",
          ended.exit().orElse(null),
          "attempt",
          number,
          "of",
          retry.attempts(),
          "again-in",
          later.delay());
    }
  }

  /**
   * What another worker's beginning comes to; nothing if the script may run.
   *
   * @param attempts runs of this worker's
   */
  private Optional<Course> withoutRun(FileId id, int attempts, Leave.Asking asking)
      throws IOException, InterruptedException {
    Leave leave = asking.ask(Step.BEGIN);
    if (leave instanceof Leave.Interrupted other) {
      log.warn(id, "interrupted", "worker", other.by(), "then", lower(onInterrupt));
      if (onInterrupt == OnInterrupt.HOLD) {
        return Optional.of(new Course.Ended(finish(id, interruptedBy(other.by(), attempts))));
      }
      leave = asking.ask(Step.TAKE_OVER);
    }
    if (leave instanceof Leave.Over over) {
      return Optional.of(new Course.Elsewhere(over.by()));
    }
    return leave instanceof Leave.Go ? Optional.empty() : Optional.of(new Course.CutShort());
  }

  private Ended run(Deposit deposit, Path file, Attempt attempt)
      throws IOException, InterruptedException {
    FileId id = deposit.id();
    int number = attempt.number();
    Path folder = answers.prepare(attempt);
    // By the kernel's clock for files, which lags some milliseconds behind the one we read.
    Instant since = FileIdentity.of(folder).changed().toInstant();
    marks.writeOrFail(id, Progress.started(number, clock.instant()));
    checkpoint.reached(Checkpoint.Step.STARTED, id);
    log.info(id, "started", "attempt", number);
    current.begins(id, since);
    try {
      End end = script.run(deposit, file, folder, number);
      checkpoint.reached(Checkpoint.Step.RAN, id);
      started();
      return new Ended(Decision.after(end, number, retry), Optional.of(end.code()), end.duration());
    } catch (CommandNotStarted e) {
      // A missing interpreter or a right taken away is mended by people: the file waits for them.
      log.error(id, "script-not-started", "reason", e.getMessage());
      return new Ended(new Decision.AgainLater(restNotStarted()), Optional.empty(), Duration.ZERO);
    } finally {
      current.ends();
    }
  }

  private synchronized Duration restNotStarted() {
    notStarted = Math.min(notStarted + 1, 10);
    Duration rest = FIRST_REST.multipliedBy(1L << (notStarted - 1));
    return rest.compareTo(LONGEST_REST) < 0 ? rest : LONGEST_REST;
  }

  private synchronized void started() {
    notStarted = 0;
  }

  /** An end for a deposit that cannot be run at all; on disk when this returns. */
  Finished withoutRun(FileId id, String reason) throws IOException, InterruptedException {
    return finish(id, new Finished(Result.FAILED, Optional.empty(), Duration.ZERO, 0, reason));
  }

  private static Finished end(Ended ended, int number) {
    boolean processed = ended.decision() instanceof Decision.Processed;
    String reason = ended.decision() instanceof Decision.Failed failed ? failed.reason() : "";
    return new Finished(
        processed ? Result.PROCESSED : Result.FAILED,
        ended.exit(),
        ended.duration(),
        number,
        reason);
  }

  private Finished interrupted(int attempts) {
    String reason =
        onInterrupt == OnInterrupt.HOLD
            ? "the machine or the daemon died while the script ran (on-interrupt: hold)"
            : "the machine or the daemon died while the script ran, " + attempts + " times";
    return new Finished(Result.INTERRUPTED, Optional.empty(), Duration.ZERO, attempts, reason);
  }

  private static Finished interruptedBy(String worker, int attempts) {
    String reason =
        "worker "
            + worker
            + " had begun it and is gone, or does not know how far it came (on-interrupt: hold)";
    return new Finished(Result.INTERRUPTED, Optional.empty(), Duration.ZERO, attempts, reason);
  }

  private Finished finish(FileId id, Finished end) throws IOException, InterruptedException {
    marks.write(id, Progress.finished(end));
    checkpoint.reached(Checkpoint.Step.FINISHED, id);
    log.info(
        id,
        lower(end.result()),
        "exit",
        end.exit().orElse(null),
        "duration",
        end.duration(),
        "attempts",
        end.attempts(),
        "reason",
        end.reason().isEmpty() ? null : end.reason());
    return end;
  }

  private boolean restUntil(Instant time, Delivery delivery) throws InterruptedException {
    Duration left = Duration.between(clock.instant(), time);
    // A clock that was set back must not make a file wait longer than its flux's longest delay.
    Duration rest = left.compareTo(retry.maxDelay()) > 0 ? retry.maxDelay() : left;
    return rest.isNegative() || delivery.rest(rest);
  }

  private static String lower(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }
}
