package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.inbox.InboxCount;
import fr.epiconcept.navette.flux.pulse.Pulse;
import fr.epiconcept.navette.flux.spool.SpoolCount;
import fr.epiconcept.navette.flux.view.FluxStatus;
import fr.epiconcept.navette.flux.view.FluxStatus.Oldest;
import fr.epiconcept.navette.flux.view.FluxStatus.Waits;
import fr.epiconcept.navette.flux.view.Held;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** How a flux stands while nobody works on it: from the names on disk and the end of its log. */
final class StatusOnDisk {
  private static final String DOWN = "the daemon is not running";

  private final DaemonConfig daemon;
  private final Instant now;

  StatusOnDisk(DaemonConfig daemon, Instant now) {
    this.daemon = daemon;
    this.now = now;
  }

  /** One side of a flux; what cannot be read is said in {@code stalled}. */
  FluxStatus of(FluxConfig flux, Side side) {
    Path log = side == Side.INGEST ? flux.ingest().orElseThrow().log() : workerLog(flux);
    Pulse pulse = LogTail.pulse(log);
    try {
      return side == Side.INGEST
          ? ingest(flux.name(), flux.ingest().orElseThrow(), pulse)
          : worker(flux.name(), pulse);
    } catch (IOException e) {
      return FluxStatus.unknown(
          flux.name(),
          side,
          false,
          DOWN + ", and this user cannot look: " + ExitCode.explain(e),
          pulse.lastFile(),
          pulse.lastError());
    }
  }

  private static Path workerLog(FluxConfig flux) {
    return flux.worker().orElseThrow().log();
  }

  private FluxStatus ingest(FluxName flux, IngestSection section, Pulse pulse) throws IOException {
    SpoolCount spool = SpoolCount.of(section.spool());
    InboxCount inbox = InboxCount.of(section.inbox(), section.ready());
    Optional<Oldest> oldest =
        spool
            .oldestUnsent()
            .map(entry -> new Oldest(entry.path().display(), entry.id().time()))
            .or(() -> inbox.oldest().map(name -> new Oldest(name.display(), inbox.since())));
    return status(
        flux,
        Side.INGEST,
        new Waits(inbox.files(), spool.unsent(), spool.published(), oldest),
        spool,
        new KeptFolder(section.quarantine(), ZoneId.systemDefault()).countOfDay(now, ".reason.txt"),
        new Holds(daemon.ingest().orElseThrow().state(), Side.INGEST).of(flux),
        pulse);
  }

  private FluxStatus worker(FluxName flux, Pulse pulse) throws IOException {
    Path state = daemon.worker().orElseThrow().state();
    SpoolCount answers =
        SpoolCount.of(state.resolve("flux").resolve(flux.value()).resolve("spool"));
    Optional<Oldest> oldest =
        answers.oldestUnsent().map(entry -> new Oldest(entry.path().display(), entry.id().time()));
    return status(
        flux,
        Side.WORKER,
        new Waits(0, answers.unsent(), answers.published(), oldest),
        answers,
        0,
        new Holds(state, Side.WORKER).of(flux),
        pulse);
  }

  private static FluxStatus status(
      FluxName flux,
      Side side,
      Waits waits,
      SpoolCount spool,
      long quarantined,
      Optional<Held> held,
      Pulse pulse) {
    return new FluxStatus(
        flux,
        side,
        false,
        Optional.of(DOWN),
        Optional.empty(),
        Optional.empty(),
        waits,
        spool.arrived(),
        spool.oldestArrived().map(FileId::time),
        0,
        spool.dead(),
        quarantined,
        Optional.empty(),
        held,
        pulse.lastFile(),
        pulse.lastError());
  }
}
