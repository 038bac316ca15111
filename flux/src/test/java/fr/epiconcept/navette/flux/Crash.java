package fr.epiconcept.navette.flux;

import fr.epiconcept.navette.flux.Checkpoint.Step;

/** The death of a daemon at one step: nothing catches it, and what follows is not done. */
public final class Crash extends Error {
  private Crash(Step step) {
    super("died at " + step);
  }

  /** Dies each time when {@code step} is reached. */
  public static Checkpoint at(Step step) {
    return (reached, id) -> {
      if (reached == step) {
        throw new Crash(step);
      }
    };
  }
}
