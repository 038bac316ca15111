package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.config.WorkerSection;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.file.StateLock;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.log.FluxLogs;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.watch.FolderWatcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
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

  /** How often a flux that cannot start is tried again. */
  private static final Duration START_AGAIN = Duration.ofSeconds(30);

  private static final Duration MARKS_KEPT = Duration.ofDays(30);

  private final Turns turns = new Turns();
  private final FluxLogs logs = new FluxLogs();
  private final StateLock lock;
  private final FolderWatcher watcher;
  private final DaemonConfig.WorkerDaemon settings;
  private final Path run;
  private final FluxWorker.Shared shared;
  private final Duration startAgain;
  private final List<FluxWorker> fluxes = new CopyOnWriteArrayList<>();
  private final Map<String, FileServer> fileServers = new LinkedHashMap<>();
  private final Desk desk;
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
    return new WorkerDaemon(settings, run, fluxConfigs, checkpoint, START_AGAIN);
  }

  WorkerDaemon(
      DaemonConfig.WorkerDaemon settings,
      Path run,
      List<FluxConfig> fluxConfigs,
      Checkpoint checkpoint,
      Duration startAgain)
      throws IOException {
    this.settings = settings;
    this.run = run;
    this.startAgain = startAgain;
    this.patience = settings.stopTimeout();
    this.desk = WorkerDesk.open(fluxes, new Holds(settings.state(), Side.WORKER));
    DurableFile.makeFolder(settings.state());
    lock = StateLock.take(settings.state());
    watcher = FolderWatcher.start("inotify");
    shared =
        new FluxWorker.Shared(
            new FileIds(InstantSource.system()),
            turns,
            watcher,
            InstantSource.system(),
            checkpoint);
    Files.createDirectories(OutLinks.folder(run));
    settings
        .brokers()
        .forEach((name, access) -> fileServers.put(name, new FileServer(name, access, turns)));
    for (FluxConfig flux : fluxConfigs) {
      if (flux.worker().isPresent()) {
        open(flux, flux.worker().get(), "");
      }
    }
    fileServers.values().forEach(FileServer::start);
    turns.every(Duration.ofMinutes(1), Duration.ofDays(1), this::expireMarks);
    LOG.info("{} fluxes are served from {} file servers", fluxes.size(), fileServers.size());
  }

  /**
   * Opens a flux. One that cannot start leaves the others alone and is tried again: its disk may be
   * mounted a moment later than we start.
   *
   * @param before what it failed with the last time
   */
  private synchronized void open(FluxConfig config, WorkerSection section, String before) {
    if (closed) {
      return;
    }
    FluxLog log = logs.open(config.name(), section.log());
    try {
      String account = settings.brokers().get(section.broker()).account();
      FluxWorker flux =
          new FluxWorker(config.name(), section, account, settings.state(), log, shared);
      fluxes.add(flux);
      linkOut(flux);
      fileServers.get(section.broker()).add(flux);
      if (!before.isEmpty()) {
        log.info(null, "goes-on");
        LOG.info("flux {} is up", config.name());
      }
    } catch (IOException | RuntimeException e) {
      String why = e.toString();
      if (!why.equals(before)) {
        log.error(null, "suspended", "reason", why, "again-in", startAgain);
        LOG.error("flux {} stays down: {}; tried again until it starts", config.name(), why);
      }
      turns.in(startAgain, () -> open(config, section, why));
    }
  }

  private void linkOut(FluxWorker flux) {
    try {
      OutLinks.make(run, flux);
    } catch (IOException e) {
      LOG.error("`navette out` does not find flux {}: {}", flux.name(), e.toString());
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

  /** Where it can be asked. */
  public Desk desk() {
    return desk;
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
    fileServers.values().forEach(FileServer::close);
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
