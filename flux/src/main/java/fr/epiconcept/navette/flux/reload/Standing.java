package fr.epiconcept.navette.flux.reload;

import fr.epiconcept.navette.flux.config.FluxConfig;
import java.util.Optional;

/**
 * How a flux of a running daemon stands.
 *
 * @param config the settings that it runs with, or shall start with
 * @param state what it does
 * @param why what it waits for, where it does not simply run
 */
public record Standing(FluxConfig config, State state, Optional<String> why) {
  /** What it does. */
  public enum State {
    /** It works. */
    RUNS,
    /** It cannot start; tried again. */
    DOWN,
    /** It was removed from the configuration; what is under way goes on. */
    DRAINING,
    /** It is about to run with other settings. */
    CHANGING
  }
}
