package fr.epiconcept.navette.flux.reload;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.view.Reloaded;
import java.util.List;
import java.util.Set;

/** A daemon whose fluxes can be changed while it runs. */
public interface Reloadable {
  /**
   * Makes {@code fluxes} those that run. Returns after some seconds at the latest; what is not done
   * by then is done later.
   *
   * @param daemon its own settings; what it can take up of them without a restart it does
   * @param fluxes all that shall run; those without the daemon's section are left out
   * @param asTheyAre whose settings are not known now: they are not touched
   * @return one entry for each flux that runs or shall run, but for those that stay as they are
   */
  List<Reloaded> apply(DaemonConfig daemon, List<FluxConfig> fluxes, Set<FluxName> asTheyAre)
      throws InterruptedException;

  /** How each flux stands, by name. */
  List<Standing> configuration();
}
