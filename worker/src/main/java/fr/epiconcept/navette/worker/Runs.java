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

  /** The runs that a deposit needs, from where {@code before} left it. */
  Course course(Deposit deposit, Path file, Progress before, Leave.Asking asking) {
    return new Course(deposit, file, before, asking);
  }

  /** What comes after a run, or in its place. */
  sealed interface Next {
    /** The end of the deposit; it is on disk. */
    record HasEnd(Finished end) implements Next {}

    /**
     * Another worker has brought the deposit to its end.
     *
     * @param by its account; empty if nobody knows
     */
    record Elsewhere(String by) implements Next {}

    /** Its turn comes again, not before {@code rest} is over. */
    record Again(Duration rest) implements Next {}

    /** Nothing here: the daemon stops, and has ended the run. */
    record BrokenOff() implements Next {}
  }

  /**
   * How an attempt ended.
   *
   * @param exit empty if the script could not be started: that attempt does not count
   */
  private record Ended(Decision decision, Optional<Integer> exit, Duration duration) {}

  /** How a course asks for its next run. */
  private enum Asks {
    /** Nothing stands against it as far as is known: with a place, right before the script. */
    WITH_PLACE,
    /** It would have kept its place waiting, or needs none: without one, until there is a yes. */
    WITHOUT_PLACE,
    /** There was a yes, so the next word will come soon: with a place once more. */
    WITH_PLACE_AGAIN
  }

  /**
   * The runs of one deposit until it has an end. It waits for nothing itself: {@link #rest}; then
   * {@link #ask} until there is an answer; after a yes {@link #run} and {@link #next}, after any
   * other answer {@link #withoutRun}; and again from {@link #ask}.
   *
   * <p>Before each run it asks whether another worker has begun, and it asks with its place among
   * all scripts, so that nothing comes between the yes and the script. But it keeps no place while
   * it waits for another's word: then it asks without, and only after a yes stands in line and asks
   * once more.
   */
  final class Course {
    private final Deposit deposit;
    private final Path file;
    private final Progress before;
    private final Leave.Asking asking;

    /** A run of this worker's was left without an end, and that is still to be judged. */
    private boolean interrupted;

    private Asks asks;
    private Step step = Step.BEGIN;

    /** How many runs were made that count. */
    private int attempts;

    private Optional<Ended> last = Optional.empty();

    private Course(Deposit deposit, Path file, Progress before, Leave.Asking asking) {
      this.deposit = deposit;
      this.file = file;
      this.before = before;
      this.asking = asking;
      interrupted = before.running();
      // What was interrupted here may have its end without another run.
      asks = interrupted ? Asks.WITHOUT_PLACE : Asks.WITH_PLACE;
      attempts = before.attempts();
    }

    /** How long the first of them has to wait still. */
    Duration rest() {
      return before.againAt().map(Runs.this::until).orElse(Duration.ZERO);
    }

    /** Whether the next question is to be asked with a place in hand. */
    boolean needsPlace() {
      return asks != Asks.WITHOUT_PLACE;
    }

    /** Whether a place may be kept until the answer comes, even if that takes long. */
    boolean mayKeepPlace() {
      return asks == Asks.WITH_PLACE_AGAIN;
    }

    /** The answer takes long, and is waited for without a place. */
    void givesPlaceBack() {
      asks = Asks.WITHOUT_PLACE;
    }

    /**
     * Asks whether the script may run, or whether the answer has come.
     *
     * @return nothing if it has not
     */
    Optional<Leave> ask() {
      Optional<Leave> leave = asking.ask(step);
      leave.ifPresent(this::heard);
      return leave;
    }

    private void heard(Leave leave) {
      boolean takesOver = leave instanceof Leave.Interrupted && onInterrupt == OnInterrupt.RERUN;
      step = takesOver ? Step.TAKE_OVER : Step.BEGIN;
      if (leave instanceof Leave.Go) {
        asks = needsPlace() ? Asks.WITH_PLACE : Asks.WITH_PLACE_AGAIN;
      } else if (!takesOver) {
        asks = Asks.WITHOUT_PLACE;
      }
    }

    /**
     * What an answer comes to if the script does not run now: any but a yes, and a yes without a
     * place. On disk when this returns.
     */
    Next withoutRun(Leave leave) throws IOException, InterruptedException {
      if (leave instanceof Leave.Over over) {
        return new Next.Elsewhere(over.by());
      } else if (leave instanceof Leave.NotNow notNow) {
        return new Next.Again(notNow.rest());
      } else if (leave instanceof Leave.Interrupted other) {
        return interruptedBy(other.by());
      }
      return interrupted ? interruptedHere() : new Next.Again(Duration.ZERO);
    }

    private Next interruptedBy(String worker) throws IOException, InterruptedException {
      FileId id = deposit.id();
      log.warn(id, "interrupted", "worker", worker, "then", lower(onInterrupt));
      return onInterrupt == OnInterrupt.HOLD
          ? new Next.HasEnd(finish(id, Runs.interruptedBy(worker, attempts)))
          : new Next.Again(Duration.ZERO);
    }

    private Next interruptedHere() throws IOException, InterruptedException {
      FileId id = deposit.id();
      interrupted = false;
      log.warn(id, "interrupted", "attempt", attempts, "then", lower(onInterrupt));
      return onInterrupt == OnInterrupt.HOLD || attempts >= retry.attempts()
          ? new Next.HasEnd(finish(id, Runs.this.interrupted(attempts)))
          : new Next.Again(Duration.ZERO);
    }

    /** Runs the script once. */
    void run() throws IOException, InterruptedException {
      last = Optional.of(Runs.this.run(deposit, file, before.attempt(deposit.id(), attempts + 1)));
    }

    /** What the run leads to; on disk when this returns. */
    Next next() throws IOException, InterruptedException {
      FileId id = deposit.id();
      Ended ended = last.orElseThrow();
      int number = attempts + 1;
      if (ended.decision() instanceof Decision.Interrupted) {
        marks.write(id, Progress.interrupted(number));
        log.warn(id, "interrupted", "attempt", number, "reason", "the daemon stopped");
        return new Next.BrokenOff();
      }
      if (!(ended.decision() instanceof Decision.AgainLater later)) {
        return new Next.HasEnd(finish(id, end(ended, number)));
      }
      attempts += ended.exit().isPresent() ? 1 : 0;
      Instant againAt = clock.instant().plus(later.delay());
      marks.write(id, Progress.later(attempts, ended.exit().orElse(0), againAt));
      log.info(
          id,
          "again-later",
          "exit",
          ended.exit().orElse(null),
          "attempt",
          attempts,
          "of",
          retry.attempts(),
          "again-in",
          later.delay());
      return new Next.Again(until(againAt));
    }
  }

  private Ended run(Deposit deposit, Path file, Attempt attempt)
      throws IOException, InterruptedException {
    FileId id = deposit.id();
    int number = attempt.number();
    Path folder = answers.prepare(attempt, deposit.folder());
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

  private Duration until(Instant time) {
    Duration left = Duration.between(clock.instant(), time);
    // A clock that was set back must not make a file wait longer than its flux's longest delay.
    Duration rest = left.compareTo(retry.maxDelay()) > 0 ? retry.maxDelay() : left;
    return rest.isNegative() ? Duration.ZERO : rest;
  }

  private static String lower(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }
}
