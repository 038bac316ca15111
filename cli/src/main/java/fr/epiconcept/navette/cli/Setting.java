package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.config.ConfigCheck;
import fr.epiconcept.navette.flux.config.ConfigReader;
import fr.epiconcept.navette.flux.config.Configuration;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.Fault;
import fr.epiconcept.navette.flux.config.Fault.Severity;
import fr.epiconcept.navette.flux.config.Side;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration as a daemon starts with it: tried on the machine, every fault said, fluxes with
 * an error left out. A fault of the daemon's own is its end.
 *
 * @param read as its files say, whether the machine lets it run or not
 * @param configuration what can run
 */
record Setting(DaemonConfig daemon, Configuration read, Configuration configuration) {
  private static final Logger LOG = LoggerFactory.getLogger(Setting.class);

  /**
   * Reads and tries.
   *
   * @throws CommandFailed if {@code side}'s daemon cannot run
   */
  static Setting of(Path folder, Side side) {
    Configuration read = ConfigReader.read(folder);
    List<Fault> found = ConfigCheck.check(read, EnumSet.of(side));
    Configuration configuration = read.plus(found);
    for (Fault fault : configuration.faults()) {
      if (fault.severity() == Severity.ERROR) {
        LOG.error("{}", fault);
      } else {
        LOG.warn("{}", fault);
      }
    }
    boolean daemonsOwn =
        found.stream()
            .anyMatch(
                fault ->
                    fault.severity() == Severity.ERROR
                        && fault.file().equals(configuration.mainFile()));
    boolean present = configuration.sides().contains(side);
    if (daemonsOwn || !present) {
      throw new CommandFailed(ExitCode.USAGE, why(configuration, side));
    }
    return new Setting(configuration.daemon().orElseThrow(), read, configuration);
  }

  private static String why(Configuration configuration, Side side) {
    String section = side.name().toLowerCase(java.util.Locale.ROOT);
    return configuration.daemonFaults().isEmpty() && !configuration.sides().contains(side)
        ? configuration.mainFile()
            + " has no section '"
            + section
            + "': this daemon has no work here"
        : configuration.mainFile() + " cannot be used, see above; 'navette check' shows them all";
  }
}
