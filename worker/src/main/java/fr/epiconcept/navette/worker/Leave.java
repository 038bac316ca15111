package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.begin.Note.Step;
import java.time.Duration;
import java.util.Optional;

/** What comes of asking whether a script may begin. */
sealed interface Leave {
  /** Where no other worker can have the deposit, nobody is asked. */
  Asking NOBODY_ASKED = step -> Optional.of(new Go());

  /** It may. */
  record Go() implements Leave {}

  /** Another worker had begun, and nobody knows how far it came. */
  record Interrupted(String by) implements Leave {}

  /**
   * The deposit has come to its end.
   *
   * @param by the worker that had begun; empty if nobody knows
   */
  record Over(String by) implements Leave {}

  /**
   * Another may be at it, or nobody says.
   *
   * @param rest after which to ask again
   */
  record NotNow(Duration rest) implements Leave {}

  /** Asks for one deposit. */
  @FunctionalInterface
  interface Asking {
    /**
     * Asks, or asks whether the answer has come. Waits for nobody.
     *
     * @return nothing if it has not: whoever asks is woken when it has
     */
    Optional<Leave> ask(Step step);
  }
}
