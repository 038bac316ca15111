package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.FluxName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a configuration folder says, and everything that is wrong with it.
 *
 * @param folder the folder, absolute
 * @param daemon {@code navette.yml}; absent if it cannot be used at all. A daemon whose own section
 *     has an error is absent from it, as if the section were not there: see {@link #daemonFaults}
 * @param fluxes those without an error, in the order of their names
 * @param faults everything that is wrong, in the order of files and lines
 * @param positions where the keys stand
 */
public record Configuration(
    Path folder,
    Optional<DaemonConfig> daemon,
    List<FluxConfig> fluxes,
    List<Fault> faults,
    Positions positions) {
  /** The name of the daemons' own file. */
  public static final String MAIN_FILE = "navette.yml";

  /** The name of the folder with one file a flux. */
  public static final String FLUX_FOLDER = "flux.d";

  /** Sorts the faults. */
  public Configuration {
    fluxes = List.copyOf(fluxes);
    faults = faults.stream().distinct().sorted().toList();
  }

  /** A configuration that was read from no file. */
  public Configuration(
      Path folder, Optional<DaemonConfig> daemon, List<FluxConfig> fluxes, List<Fault> faults) {
    this(folder, daemon, fluxes, faults, new Positions(Map.of()));
  }

  /** The daemons' own file. */
  public Path mainFile() {
    return folder.resolve(MAIN_FILE);
  }

  /** The daemons that run on this machine. */
  public Set<Side> sides() {
    Set<Side> sides = EnumSet.noneOf(Side.class);
    if (daemon.flatMap(DaemonConfig::ingest).isPresent()) {
      sides.add(Side.INGEST);
    }
    if (daemon.flatMap(DaemonConfig::worker).isPresent()) {
      sides.add(Side.WORKER);
    }
    return sides;
  }

  /** The flux of that name, if it can run. */
  public Optional<FluxConfig> flux(FluxName name) {
    return fluxes.stream().filter(flux -> flux.name().equals(name)).findFirst();
  }

  /** What is wrong with a flux, whether it can run or not. */
  public List<Fault> faultsOf(FluxName name) {
    return faultsIn(folder.resolve(FLUX_FOLDER).resolve(name + ".yml"));
  }

  /** What is wrong with a flux. */
  public List<Fault> faultsOf(FluxConfig flux) {
    return faultsIn(flux.file());
  }

  /** What is wrong with {@code navette.yml}, or with the folder that should hold it. */
  public List<Fault> daemonFaults() {
    return faults.stream()
        .filter(fault -> fault.file().equals(mainFile()) || fault.file().equals(folder))
        .toList();
  }

  private List<Fault> faultsIn(Path file) {
    return faults.stream().filter(fault -> fault.file().equals(file)).toList();
  }

  /** Whether anything stays down. */
  public boolean hasErrors() {
    return errorCount() > 0;
  }

  /** How many faults keep something down. */
  public long errorCount() {
    return faults.stream().filter(fault -> fault.severity() == Fault.Severity.ERROR).count();
  }

  /** How many faults keep nothing down. */
  public long warningCount() {
    return faults.size() - errorCount();
  }

  /**
   * This configuration with what {@link ConfigCheck} found: a flux with an error is not in it any
   * more. The daemons stay in it: an error in {@code navette.yml} is theirs to refuse.
   */
  public Configuration plus(List<Fault> found) {
    List<Fault> all = new ArrayList<>(faults);
    all.addAll(found);
    Set<Path> down = new HashSet<>();
    for (Fault fault : all) {
      if (fault.severity() == Fault.Severity.ERROR) {
        down.add(fault.file());
      }
    }
    List<FluxConfig> up = fluxes.stream().filter(flux -> !down.contains(flux.file())).toList();
    return new Configuration(folder, daemon, up, all, positions);
  }

  /**
   * Every setting that is in force, defaults included, one a line; never a secret.
   *
   * @see Fault#toString for what is not in force
   */
  public String describe() {
    return new Description(positions).of(this);
  }
}
