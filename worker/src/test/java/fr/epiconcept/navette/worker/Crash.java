package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;

/** The death of the daemon at one step: nothing catches it, and what follows is not done. */
final class Crash extends Error {
  private static final long serialVersionUID = 1;

  private Crash(Step step) {
    super("died at " + step);
  }

  static Checkpoint at(Step step) {
    return (reached, id) -> {
      if (reached == step) {
        throw new Crash(step);
      }
    };
  }
}
