package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.FluxName;
import java.util.List;
import java.util.SortedSet;

/**
 * One file with the fluxes of all hosts, and everything that is wrong with it.
 *
 * @param fluxes those without an error, in the order of the file
 * @param faults in the order of lines; with an error among them the file is not to be used
 */
public record Central(List<Flux> fluxes, List<Fault> faults) {
  /**
   * One flux.
   *
   * @param hosts where its file belongs; none: everywhere
   * @param config what it says
   * @param text the same as YAML without anchors
   */
  public record Flux(FluxName name, SortedSet<String> hosts, FluxConfig config, String text) {
    /** Whether its file belongs to {@code host}. */
    public boolean isFor(String host) {
      return hosts.isEmpty() || hosts.contains(host);
    }
  }

  /** Sorts the faults. */
  public Central {
    fluxes = List.copyOf(fluxes);
    faults = faults.stream().distinct().sorted().toList();
  }

  /** Whether something keeps the file from being used. */
  public boolean hasErrors() {
    return faults.stream().anyMatch(fault -> fault.severity() == Fault.Severity.ERROR);
  }
}
