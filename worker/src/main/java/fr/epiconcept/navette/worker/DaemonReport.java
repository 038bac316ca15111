package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.view.DaemonStatus;
import fr.epiconcept.navette.flux.view.ThisProcess;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;

/** How the processing server's daemon does, beside its fluxes. */
final class DaemonReport {
  private final Collection<FileServer> fileServers;
  private final Health health;
  private final Instant since;

  DaemonReport(Collection<FileServer> fileServers, Health health, Instant since) {
    this.fileServers = fileServers;
    this.health = health;
    this.since = since;
  }

  DaemonStatus now() {
    return new DaemonStatus(
        Side.WORKER,
        ThisProcess.host(),
        ThisProcess.version(DaemonReport.class),
        ThisProcess.pid(),
        since,
        health.stalled(),
        Optional.empty(),
        fileServers.stream().map(FileServer::status).toList());
  }
}
