package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.Settings;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.reload.Standing;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A flux as the daemon runs it, for whoever wants to compare.
 *
 * @param state see {@link Standing.State}
 * @param settings key and value, secrets masked
 * @param same whether the asker's fingerprint is that of these settings; empty: he gave none
 * @param watched the folder that files are taken from
 * @param ready which files are
 * @param spool where they stand until they have arrived; empty on the processing server
 */
record Running(
    FluxName flux,
    Standing.State state,
    Optional<String> why,
    Map<String, String> settings,
    Optional<Boolean> same,
    Optional<Path> watched,
    Optional<ReadyRules> ready,
    Optional<Path> spool) {

  static Running of(Standing standing, Side side, Optional<String> fingerprint) {
    FluxConfig config = standing.config();
    Settings settings = Settings.of(config, side);
    return new Running(
        config.name(),
        standing.state(),
        standing.why(),
        settings.shown(),
        fingerprint.map(settings.fingerprint()::equals),
        watched(config, side),
        ready(config, side),
        side == Side.INGEST ? config.ingest().map(IngestSection::spool) : Optional.empty());
  }

  /** The folder that files are taken from. */
  static Optional<Path> watched(FluxConfig config, Side side) {
    return side == Side.INGEST
        ? config.ingest().map(IngestSection::inbox)
        : config.worker().flatMap(section -> section.out());
  }

  /** Which files are taken from it. */
  static Optional<ReadyRules> ready(FluxConfig config, Side side) {
    return side == Side.INGEST
        ? config.ingest().map(IngestSection::ready)
        : config.worker().map(section -> section.outReady());
  }
}
