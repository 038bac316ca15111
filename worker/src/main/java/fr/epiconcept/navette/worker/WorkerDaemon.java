package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.WorkerSection;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.file.StateLock;
import fr.epiconcept.navette.flux.log.FluxLogs;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.watch.FolderWatcher;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processing server's daemon: one {@link FileServer} a broker, one {@link FluxWorker} a flux.
 * Here all parts are made and joined, and nothing else is done.
 */
public final class WorkerDaemon implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerDaemon.class);

  /** Between the end of a stop's patience and the end of the scripts that it kills. */
  private static final Duration KILLING = Duration.ofSeconds(10);

  private static final Duration MARKS_KEPT = Duration.ofDays(30);

  private final Turns turns = new Turns();
  private final FluxLogs logs = new FluxLogs();
  private final StateLock lock;
  private final FolderWatcher watcher;
  private final List<FluxWorker> fluxes = new ArrayList<>();
  private final List<FileServer> fileServers = new ArrayList<>();
  private final Duration patience;
  private boolean closed;

  /**
   * Starts the daemon; returns at once, whether a broker can be reached or not.
   *
   * @param run the folder for what lives as long as the daemon
   * @param fluxConfigs those that can run; one without a {@code worker} section is left out
   * @throws IOException if the daemon's own folders cannot be used
   */
  public static WorkerDaemon start(
      DaemonConfig.WorkerDaemon settings,
      Path run,
      List<FluxConfig> fluxConfigs,
      Checkpoint checkpoint)
      throws IOException {
    return new WorkerDaemon(settings, run, fluxConfigs, checkpoint);
  }

  private WorkerDaemon(
      DaemonConfig.WorkerDaemon settings,
      Path run,
      List<FluxConfig> fluxConfigs,
      Checkpoint checkpoint)
      throws IOException {
    this.patience = settings.stopTimeout();
    DurableFile.makeFolder(settings.state());
    lock = StateLock.take(settings.state());
    watcher = FolderWatcher.start("inotify");
    FluxWorker.Shared shared =
        new FluxWorker.Shared(
            new FileIds(InstantSource.system()),
            turns,
            watcher,
            InstantSource.system(),
            checkpoint);
    for (FluxConfig flux : fluxConfigs) {
      if (flux.worker().isPresent()) {
        open(flux, flux.worker().get(), settings, shared);
      }
    }
    OutLinks.make(run, fluxes);
    for (Map.Entry<String, BrokerAccess> broker : settings.brokers().entrySet()) {
      List<FluxWorker> served =
          fluxes.stream().filter(flux -> flux.broker().equals(broker.getKey())).toList();
      FileServer server = new FileServer(broker.getKey(), broker.getValue(), served, turns);
      fileServers.add(server);
      server.start();
    }
    turns.every(Duration.ofMinutes(1), Duration.ofDays(1), this::expireMarks);
    LOG.info("{} fluxes are served from {} file servers", fluxes.size(), fileServers.size());
  }

  /** One flux that cannot start leaves the others alone. */
  private void open(
      FluxConfig flux,
      WorkerSection section,
      DaemonConfig.WorkerDaemon settings,
      FluxWorker.Shared shared) {
    try {
      String account = settings.brokers().get(section.broker()).account();
      fluxes.add(
          new FluxWorker(
              flux.name(),
              section,
              account,
              settings.state(),
              logs.open(flux.name(), section.log()),
              shared));
    } catch (IOException e) {
      LOG.error("flux {} stays down: {}; see `navette check`", flux.name(), e.toString());
    }
  }

  private void expireMarks() {
    for (FluxWorker flux : fluxes) {
      try {
        flux.expireMarks(MARKS_KEPT);
      } catch (IOException e) {
        LOG.warn("flux {}: old marks are not removed: {}", flux.name(), e.toString());
      }
    }
  }

  /** Whether every link is up or trying. A broker that is away is no fault of this daemon. */
  public boolean isProgressing() {
    return true;
  }

  /** How long {@link #close} may take. */
  public Duration stopLimit() {
    return patience.plus(KILLING).plusSeconds(30);
  }

  /**
   * Stops in order: takes nothing more, lets running scripts finish for {@code stop-timeout}, ends
   * those that are left and records them as interrupted. May be called twice.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    fluxes.forEach(FluxWorker::stopTaking);
    if (!idleWithin(patience)) {
      fluxes.stream()
          .filter(FluxWorker::isBusy)
          .forEach(flux -> LOG.warn("{}: its script runs longer than stop-timeout", flux.name()));
      fluxes.forEach(FluxWorker::terminateScripts);
      idleWithin(KILLING);
    }
    watcher.close();
    fileServers.forEach(FileServer::close);
    fluxes.forEach(FluxWorker::close);
    turns.close();
    logs.close();
    lock.close();
  }

  private boolean idleWithin(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    for (FluxWorker flux : fluxes) {
      try {
        if (!flux.awaitIdle(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
          return false;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }
}
