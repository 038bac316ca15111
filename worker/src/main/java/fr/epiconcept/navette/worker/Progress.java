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
 * @param untold whether it has landed and nothing was done since: a crash may have come before the
 *     log said so
 * @param held whether the flux was held for its end; it is once only
 */
record Progress(
    int round,
    int attempts,
    boolean running,
    Optional<Instant> againAt,
    Optional<Finished> finished,
    boolean untold,
    boolean held) {
  private static final Progress NOTHING = inRound(0);
  private static final String RECEIVED = "received";
  private static final String HELD = "held";
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
    Progress progress = NOTHING;
    for (MarkLine line : lines) {
      progress = progress.after(line);
    }
    return progress;
  }

  private static Progress inRound(int round) {
    return new Progress(round, 0, false, Optional.empty(), Optional.empty(), false, false);
  }

  /** A run in this round. */
  Attempt attempt(FileId id, int number) {
    return new Attempt(id, Math.max(round, 1), number);
  }

  private Progress after(MarkLine line) {
    return switch (line.step()) {
      case Landing.AGAIN -> {
        int next = line.number("round", 1);
        yield next > round ? inRound(next) : told(this);
      }
      case STARTED ->
          new Progress(
              Math.max(round, 1),
              line.number("attempt", attempts + 1),
              true,
              Optional.empty(),
              Optional.empty(),
              false,
              false);
      case LATER ->
          new Progress(
              round,
              line.number("attempt", attempts),
              false,
              line.get("at").map(Instant::parse),
              Optional.empty(),
              false,
              false);
      case INTERRUPTED -> this;
      case RECEIVED -> told(this);
      case FINISHED ->
          // One that never came whole has an end, and never landed.
          new Progress(
              Math.max(round, 1), attempts, false, Optional.empty(), finished(line), false, false);
      case HELD -> new Progress(round, attempts, running, againAt, finished, untold, true);
      default -> new Progress(Math.max(round, 1), attempts, running, againAt, finished, true, held);
    };
  }

  private static Progress told(Progress of) {
    return new Progress(of.round, of.attempts, of.running, of.againAt, of.finished, false, of.held);
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

  static MarkLine received() {
    return MarkLine.of(RECEIVED);
  }

  static MarkLine hold() {
    return MarkLine.of(HELD);
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
