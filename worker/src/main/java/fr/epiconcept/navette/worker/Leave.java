package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.begin.Note.Step;

/** What comes of asking whether a script may begin. */
sealed interface Leave {
  /** Where no other worker can have the deposit, nobody is asked. */
  Asking NOBODY_ASKED = step -> new Go();

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

  /** The delivery ended before there was an answer. */
  record NotNow() implements Leave {}

  /** Asks for one deposit. */
  @FunctionalInterface
  interface Asking {
    Leave ask(Step step) throws InterruptedException;
  }
}
