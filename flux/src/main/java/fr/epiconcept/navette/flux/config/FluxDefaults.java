package fr.epiconcept.navette.flux.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * What {@code navette.yml} says for the fluxes that do not say it themselves.
 *
 * @param logs the folder of their logs
 * @param spool the folder of their spools
 * @param brokers the brokers that a worker's flux may name, at least one; absent: no worker runs
 *     here, or its section does not say
 * @param alerts when somebody is called
 */
record FluxDefaults(Path logs, Path spool, Optional<Set<String>> brokers, AlertRules alerts) {
  static final Path LOGS = Path.of("/var/log/epiconcept/flux");
  static final Path SPOOL = Path.of("/var/spool/navette");

  /** Where there is no {@code navette.yml} that could be read. */
  static final FluxDefaults NOTHING_SAID =
      new FluxDefaults(LOGS, SPOOL, Optional.empty(), AlertRules.NONE);
}
