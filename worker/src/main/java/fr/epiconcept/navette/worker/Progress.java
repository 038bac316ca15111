package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.landing.Landing;
import fr.epiconcept.navette.flux.marks.MarkLine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How far a deposit has come on this worker, read from its marks; and the words in which they are
 * written.
 *
 * @param round the round that the marks speak of; 0 if nothing is known
 * @param attempts how often the script was started in this round
 * @param running whether it was started and nothing says that it ended
 * @param againAt when "again later" is, after a run that said so
 * @param finished the outcome, once there is one
 */
record Progress(
    int round,
    int attempts,
    boolean running,
    Optional<Instant> againAt,
    Optional<Finished> finished) {
  private static final String STARTED = "started";
  private static final String LATER = "later";
  private static final String INTERRUPTED = "interrupted";
  private static final String FINISHED = "finished";

  /** The end of the script's work on a deposit. */
  record Finished(
      Result result, Optional<Integer> exit, Duration duration, int attempts, String reason) {
    Outcome outcome(Deposit deposit, String worker) {
      return outcome(deposit.flux(), deposit.id(), deposit.round(), worker);
    }

    Outcome outcome(FluxName flux, FileId id, int round, String worker) {
      return new Outcome(flux, id, round, result, exit, duration, attempts, reason, worker);
    }
  }

  static Progress of(List<MarkLine> lines) {
    Progress progress = new Progress(0, 0, false, Optional.empty(), Optional.empty());
    for (MarkLine line : lines) {
      progress = progress.after(line);
    }
    return progress;
  }

  /** A run in this round. */
  Attempt attempt(FileId id, int number) {
    return new Attempt(id, Math.max(round, 1), number);
  }

  private Progress after(MarkLine line) {
    return switch (line.step()) {
      case Landing.AGAIN ->
          line.number("round", 1) > round
              ? new Progress(line.number("round", 1), 0, false, Optional.empty(), Optional.empty())
              : this;
      case STARTED ->
          new Progress(
              Math.max(round, 1),
              line.number("attempt", attempts + 1),
              true,
              Optional.empty(),
              Optional.empty());
      case LATER ->
          new Progress(
              round,
              line.number("attempt", attempts),
              false,
              line.get("at").map(Instant::parse),
              Optional.empty());
      case INTERRUPTED -> this;
      case FINISHED ->
          // One that never came whole has an end, and never landed.
          new Progress(Math.max(round, 1), attempts, false, Optional.empty(), finished(line));
      default -> round > 0 ? this : new Progress(1, 0, false, Optional.empty(), Optional.empty());
    };
  }

  private static Optional<Finished> finished(MarkLine line) {
    return Optional.of(
        new Finished(
            Result.valueOf(line.get("result").orElseThrow().toUpperCase(Locale.ROOT)),
            line.get("exit").map(Integer::valueOf),
            Duration.ofMillis(line.get("ms").map(Long::parseLong).orElse(0L)),
            line.number("attempts", 0),
            line.get("reason").orElse("")));
  }

  static MarkLine again(int round) {
    return MarkLine.of(Landing.AGAIN, "round", round);
  }

  static MarkLine started(int attempt, Instant at) {
    return MarkLine.of(STARTED, "attempt", attempt, "at", at);
  }

  static MarkLine later(int attempt, int code, Instant at) {
    return MarkLine.of(LATER, "attempt", attempt, "exit", code, "at", at);
  }

  static MarkLine interrupted(int attempt) {
    return MarkLine.of(INTERRUPTED, "attempt", attempt);
  }

  static MarkLine finished(Finished end) {
    return MarkLine.of(
        FINISHED,
        "result",
        end.result().name().toLowerCase(Locale.ROOT),
        "exit",
        end.exit().orElse(null),
        "ms",
        end.duration().toMillis(),
        "attempts",
        end.attempts(),
        "reason",
        end.reason());
  }
}
