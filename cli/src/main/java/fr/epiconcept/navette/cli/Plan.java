package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Configuration;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.DaemonConfig.WorkerDaemon;
import fr.epiconcept.navette.flux.config.Fault;
import fr.epiconcept.navette.flux.config.Fault.Severity;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Settings;
import fr.epiconcept.navette.flux.config.Side;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What a reload would take up of a configuration: the daemon decides by it, and {@code check}. */
final class Plan {
  private static final String SCRIPTS = "worker.scripts";

  private Plan() {}

  /**
   * Why a reload changes nothing at all, in one line; nothing if it does.
   *
   * @param anyRuns whether there is a flux that could be lost
   */
  static Optional<String> whyNothing(Configuration tried, Side side, boolean anyRuns) {
    List<Fault> errors =
        tried.faults().stream()
            .filter(fault -> fault.severity() == Severity.ERROR)
            .filter(fault -> !isFluxFile(tried, fault))
            .toList();
    if (!errors.isEmpty()) {
      int more = errors.size() - 1;
      return Optional.of(errors.get(0) + (more > 0 ? "; and " + more + " faults more" : ""));
    }
    if (!tried.sides().contains(side)) {
      return Optional.of(tried.mainFile() + " has no section '" + word(side) + "' any more");
    }
    if (anyRuns && mine(tried, side).isEmpty()) {
      return Optional.of(
          tried.folder().resolve(Configuration.FLUX_FOLDER)
              + " has no flux that could run here, and some do: to end the last one, stop the"
              + " daemon"
              + tried.faults().stream().findFirst().map(fault -> "; " + fault).orElse(""));
    }
    return Optional.empty();
  }

  /** The fluxes that the daemon of {@code side} can run. */
  static List<FluxConfig> mine(Configuration tried, Side side) {
    return tried.fluxes().stream()
        .filter(flux -> side == Side.INGEST ? flux.ingest().isPresent() : flux.worker().isPresent())
        .toList();
  }

  private static String word(Side side) {
    return side.name().toLowerCase(Locale.ROOT);
  }

  private static boolean isFluxFile(Configuration tried, Fault fault) {
    return tried.folder().resolve(Configuration.FLUX_FOLDER).equals(fault.file().getParent());
  }

  /** The first error of each flux whose file has one, by the name that the file would give it. */
  static Map<FluxName, Fault> faulty(Configuration tried) {
    Map<FluxName, Fault> faulty = new TreeMap<>();
    for (Fault fault : tried.faults()) {
      if (fault.severity() == Severity.ERROR && isFluxFile(tried, fault)) {
        // labo.yaml too: who misspells the ending does not mean to remove the flux.
        String stem = fault.file().getFileName().toString().replaceFirst("[.]ya?ml$", "");
        FluxName.parse(stem).ifPresent(flux -> faulty.putIfAbsent(flux, fault));
      }
    }
    return faulty;
  }

  /** The changed settings of a daemon itself that only a restart takes up. */
  static List<Settings.Change> needsRestart(Map<String, String> started, Map<String, String> now) {
    return Settings.changes(started, now).stream()
        .filter(change -> !isTakenUp(change.key(), started))
        .toList();
  }

  /** The changed settings of a daemon itself that it takes up as it runs. */
  static List<Settings.Change> takenUp(Map<String, String> running, Map<String, String> now) {
    return Settings.changes(running, now).stream()
        .filter(change -> change.key().equals(SCRIPTS))
        .toList();
  }

  /** The same daemon, with what it has taken up of {@code now}. */
  static DaemonConfig withTakenUp(DaemonConfig running, DaemonConfig now) {
    return new DaemonConfig(
        running.logs(),
        running.run(),
        running.ingest(),
        running
            .worker()
            .map(its -> its.with(now.worker().map(WorkerDaemon::scripts).orElse(its.scripts()))),
        running.alerts());
  }

  /** What fluxes have from it as defaults, what it takes up, and file servers that are new. */
  private static boolean isTakenUp(String key, Map<String, String> started) {
    if (Set.of("logs", "ingest.spool", SCRIPTS).contains(key)) {
      return true;
    }
    String brokers = "worker.brokers.";
    if (!key.startsWith(brokers)) {
      return false;
    }
    String fileServer = key.substring(0, key.indexOf('.', brokers.length()) + 1);
    return started.keySet().stream().noneMatch(known -> known.startsWith(fileServer));
  }
}
