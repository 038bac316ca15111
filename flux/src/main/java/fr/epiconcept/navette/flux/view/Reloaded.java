package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Settings;
import java.util.List;
import java.util.Optional;

/**
 * What a reload of the configuration did to one flux.
 *
 * @param flux empty for what concerns the daemon as a whole
 * @param done what was done, or is being done
 * @param why one line, where there is something to say
 * @param changes the settings that differ from those before
 */
public record Reloaded(
    Optional<FluxName> flux, Done done, Optional<String> why, List<Settings.Change> changes) {

  /** What was done. */
  public enum Done {
    /** It did not run before. */
    NEW,
    /** It runs with other settings. */
    CHANGED,
    /** It runs no more, and nothing of it is under way. */
    REMOVED,
    /** It takes nothing new; it ends when what is under way has ended. */
    DRAINING,
    /** Nothing: it was not touched. */
    UNCHANGED,
    /** Not done yet: it waits for something, and is done by itself then. */
    WAITING,
    /** Its change is refused: it goes on with the settings that it had. */
    REFUSED,
    /** Its file has a fault: it goes on with the settings that it had, if it ran. */
    FAULTY,
    /** It cannot start now; tried again by itself. */
    DOWN,
    /** Settings of the daemon itself have changed: they are taken up by a restart only. */
    NEEDS_RESTART
  }

  /** About one flux. */
  public static Reloaded of(FluxName flux, Done done, Optional<String> why) {
    return new Reloaded(Optional.of(flux), done, why, List.of());
  }

  public Reloaded {
    changes = List.copyOf(changes);
  }

  /** The same, with the settings that differ. */
  public Reloaded with(List<Settings.Change> differing) {
    return new Reloaded(flux, done, why, differing);
  }
}
