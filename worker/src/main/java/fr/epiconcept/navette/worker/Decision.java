package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.command.End;
import fr.epiconcept.navette.flux.config.RetryRules;
import java.time.Duration;

/** What follows from the end of a run. */
sealed interface Decision {
  /** The script said yes. */
  record Processed() implements Decision {}

  /** The script asks for another run after {@code delay}. */
  record AgainLater(Duration delay) implements Decision {}

  /** No further run: the deposit becomes a dead letter. */
  record Failed(String reason) implements Decision {}

  /** The daemon itself ended the run: nobody knows how far the script came. */
  record Interrupted() implements Decision {}

  /**
   * Decides.
   *
   * @param attempt which run it was, 1 for the first
   */
  static Decision after(End end, int attempt, RetryRules rules) {
    if (end instanceof End.Terminated) {
      return new Interrupted();
    }
    boolean succeeded = end instanceof End.Exited && end.code() == 0;
    if (succeeded) {
      return new Processed();
    }
    boolean asksForAnother = rules.exitCodes().contains(end.code());
    boolean mayRunAgain = attempt < rules.attempts();
    if (asksForAnother && mayRunAgain) {
      return new AgainLater(rules.delayAfter(attempt));
    }
    return new Failed(
        reason(end) + (asksForAnother ? ", for the last of " + attempt + " attempts" : ""));
  }

  private static String reason(End end) {
    if (end instanceof End.TimedOut) {
      return "the script ran into its timeout";
    }
    if (end instanceof End.Signalled signalled) {
      return "the script was ended by signal " + signalled.signal();
    }
    if (end instanceof End.Unsaid) {
      return "the script did not say how it ended (NAVETTE_EXIT)";
    }
    if (end instanceof End.BrokenOff brokenOff) {
      return brokenOff.why();
    }
    return "the script answered " + end.code();
  }
}
