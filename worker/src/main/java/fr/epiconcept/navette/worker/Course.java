package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.worker.Progress.Finished;

/** How the runs on a deposit came to their end. */
sealed interface Course {
  /** With an end, which is on disk. */
  record Ended(Finished end) implements Course {}

  /**
   * Another worker has brought the deposit to its end.
   *
   * @param by its account; empty if nobody knows
   */
  record Elsewhere(String by) implements Course {}

  /** The delivery was over before. */
  record CutShort() implements Course {}
}
