package fr.epiconcept.navette.flux.log;

import fr.epiconcept.navette.flux.FluxName;

/** Hears what the logs of all fluxes tell. */
@FunctionalInterface
public interface LogListener {
  /**
   * A line was told; whether the disk took it is another matter. Called by any thread, by several
   * at once; must return at once and throw nothing.
   */
  void logged(FluxName flux, LogLine line);
}
