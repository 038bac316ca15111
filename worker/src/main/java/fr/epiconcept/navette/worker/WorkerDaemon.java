package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.ask.Elsewhere;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.alert.Lookout;
import fr.epiconcept.navette.flux.config.AlertRules;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.config.WorkerSection;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.file.StateLock;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.log.FluxLogs;
import fr.epiconcept.navette.flux.pulse.Inquiries;
import fr.epiconcept.navette.flux.pulse.Pulses;
import fr.epiconcept.navette.flux.reload.Hands;
import fr.epiconcept.navette.flux.reload.Lineup;
import fr.epiconcept.navette.flux.reload.Reloadable;
import fr.epiconcept.navette.flux.reload.Standing;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.view.Reloaded;
import fr.epiconcept.navette.flux.watch.FolderWatcher;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processing server's daemon: one {@link FileServer} a broker, one {@link FluxWorker} a flux.
 * Here all parts are made and joined, and nothing else is done.
 */
public final class WorkerDaemon implements Reloadable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerDaemon.class);

  /** Between the end of a stop's patience and the end of the scripts that it kills. */
  private static final Duration KILLING = Duration.ofSeconds(10);

  /** How often a flux that cannot start is tried again. */
  private static final Duration START_AGAIN = Duration.ofSeconds(30);

  /** So long a reload is waited for; what takes longer is done, but not waited for. */
  private static final Duration RELOAD_PATIENCE = Duration.ofSeconds(5);

  private static final Duration MARKS_KEPT = Duration.ofDays(30);

  /** A disk that answers later than that hangs, for whoever asks how it goes. */
  private static final Duration STATUS_PATIENCE = Duration.ofSeconds(3);

  private final Turns turns = new Turns();
  private final FluxLogs logs = new FluxLogs();
  private final Pulses pulses = new Pulses(System::nanoTime);
  private final StateLock lock;
  private final FolderWatcher watcher;
  private final WorkerAlerts alerts;
  private final DaemonConfig.WorkerDaemon settings;
  private final Path run;
  private final Places places;
  private final FluxWorker.Shared shared;
  private final Duration startAgain;
  private final Lineup<FluxWorker> lineup;
  private final List<FluxWorker> fluxes = new CopyOnWriteArrayList<>();
  private final Map<FluxName, String> down = new ConcurrentHashMap<>();
  private final Map<String, FileServer> fileServers = new ConcurrentSkipListMap<>();
  private final Desk desk;
  private final Health health;
  private final Duration patience;

  private final String instance;

  /** Held when something joins or leaves those that {@link #close} ends. */
  private final Object joining = new Object();

  private boolean closed;

  /**
   * Starts the daemon; returns at once, whether a broker can be reached or not.
   *
   * @param run the folder for what lives as long as the daemon
   * @param fluxConfigs those that can run; one without a {@code worker} section is left out
   * @param alertRules for what concerns no single flux
   * @throws IOException if the daemon's own folders cannot be used
   */
  public static WorkerDaemon start(
      DaemonConfig.WorkerDaemon settings,
      Path run,
      List<FluxConfig> fluxConfigs,
      AlertRules alertRules,
      Checkpoint checkpoint)
      throws IOException {
    return new WorkerDaemon(settings, run, fluxConfigs, alertRules, checkpoint, START_AGAIN);
  }

  WorkerDaemon(
      DaemonConfig.WorkerDaemon settings,
      Path run,
      List<FluxConfig> fluxConfigs,
      AlertRules alertRules,
      Checkpoint checkpoint,
      Duration startAgain)
      throws IOException {
    this.settings = settings;
    this.run = run;
    this.startAgain = startAgain;
    this.patience = settings.stopTimeout();
    logs.tell(pulses);
    alerts = new WorkerAlerts(settings, turns, InstantSource.system(), Lookout.LONGEST);
    alerts.configure(alertRules, fluxConfigs);
    logs.tell(alerts);
    this.desk = WorkerDesk.open(fluxes, this::logFiles, new Holds(settings.state(), Side.WORKER));
    DurableFile.makeFolder(settings.state());
    lock = StateLock.take(settings.state());
    watcher = FolderWatcher.start("inotify");
    places = new Places(settings.scripts());
    turns.waitFor(settings.scripts());
    shared =
        new FluxWorker.Shared(
            new FileIds(InstantSource.system()),
            turns,
            watcher,
            InstantSource.system(),
            checkpoint,
            places);
    OutLinks.open(run);
    instance = instance(settings.state());
    settings
        .brokers()
        .forEach(
            (name, access) ->
                fileServers.put(name, new FileServer(name, access, instance, turns, desk)));
    desk.on(Elsewhere.VERB, new Elsewhere(this::concerned));
    lineup = new Lineup<>(Side.WORKER, new Changing(), turns, startAgain);
    lineup.start(mine(fluxConfigs));
    fileServers.values().forEach(FileServer::start);
    health = new Health(fileServers.values(), turns);
    StatusClerk status =
        new StatusClerk(
            new DaemonReport(fileServers.values(), health, shared.clock().instant()),
            fluxes,
            down,
            pulses,
            new Inquiries(turns::execute, STATUS_PATIENCE),
            shared.clock());
    desk.on("status", status::answer);
    alerts.watch(fileServers);
    turns.every(Duration.ofMinutes(1), Duration.ofDays(1), this::expireMarks);
    LOG.info("{} fluxes are served from {} file servers", fluxes.size(), fileServers.size());
  }

  /** Which worker this is: its state folder is what nobody else has. */
  private static String instance(Path state) throws IOException {
    Path file = state.resolve("instance");
    Optional<String> known = DurableFile.read(file).map(String::strip);
    if (known.isPresent() && !known.get().isEmpty()) {
      return known.get();
    }
    String fresh = UUID.randomUUID().toString();
    DurableFile.replace(file, fresh + "\n");
    return fresh;
  }

  private static List<FluxConfig> mine(List<FluxConfig> all) {
    return all.stream().filter(flux -> flux.worker().isPresent()).toList();
  }

  /** A file server that is new is taken up too; one that has changed is not. */
  @Override
  public List<Reloaded> apply(DaemonConfig daemon, List<FluxConfig> wanted, Set<FluxName> asTheyAre)
      throws InterruptedException {
    daemon.worker().map(DaemonConfig.WorkerDaemon::brokers).orElse(Map.of()).forEach(this::connect);
    daemon.worker().map(DaemonConfig.WorkerDaemon::scripts).ifPresent(this::runAtOnce);
    alerts.configure(daemon.alerts(), lineup.with(wanted, asTheyAre));
    return lineup.apply(mine(wanted), asTheyAre, RELOAD_PATIENCE);
  }

  private void runAtOnce(int scripts) {
    if (places.most(scripts)) {
      turns.waitFor(scripts);
      LOG.info("worker.scripts is {} from now on", scripts);
    }
  }

  private void connect(String name, BrokerAccess access) {
    synchronized (joining) {
      if (!closed && !fileServers.containsKey(name)) {
        FileServer fileServer = new FileServer(name, access, instance, turns, desk);
        fileServers.put(name, fileServer);
        fileServer.start();
        LOG.info("file server {} is new, at {}", name, access.endpoint());
      }
    }
  }

  @Override
  public List<Standing> configuration() {
    return lineup.standing();
  }

  /** How the lineup changes the fluxes. */
  private final class Changing implements Hands<FluxWorker> {
    @Override
    public Set<Path> holds(FluxConfig flux) {
      return flux.worker().orElseThrow().out().map(Set::of).orElse(Set.of());
    }

    @Override
    public Set<Path> holdsWindingUp(FluxConfig flux) {
      return Set.of();
    }

    @Override
    public FluxWorker open(FluxConfig config) throws IOException {
      return WorkerDaemon.this.open(config, config.worker().orElseThrow());
    }

    @Override
    public Optional<String> obstacle(FluxWorker flux, FluxConfig from, FluxConfig to)
        throws IOException {
      return flux.obstacle(to.worker().orElseThrow());
    }

    @Override
    public void windUp(FluxWorker flux) {
      flux.windUp();
    }

    @Override
    public Optional<String> underWay(FluxWorker flux) throws IOException {
      return flux.underWay();
    }

    /** Its file server keeps it for the receipts that still come, until another takes its place. */
    @Override
    public void close(FluxWorker flux) throws InterruptedException {
      flux.end();
      fluxes.remove(flux);
    }

    @Override
    public void removed(FluxName flux) {
      down.remove(flux);
      fileServers.values().forEach(fileServer -> fileServer.remove(flux));
      try {
        OutLinks.remove(run, flux);
      } catch (IOException e) {
        LOG.warn("`navette out` still finds flux {}: {}", flux, e.toString());
      }
      logs.close(flux);
    }

    @Override
    public void fails(FluxConfig config, String why) {
      down.put(config.name(), why);
      log(config).error(null, "suspended", "reason", why, "again-in", startAgain);
      LOG.error("flux {} stays down: {}; tried again until it starts", config.name(), why);
    }

    @Override
    public void recovered(FluxConfig config) {
      down.remove(config.name());
      log(config).info(null, "goes-on");
      LOG.info("flux {} is up", config.name());
    }
  }

  private Map<FluxName, Path> logFiles() {
    return lineup.standing().stream()
        .map(Standing::config)
        .collect(Collectors.toMap(FluxConfig::name, config -> config.worker().orElseThrow().log()));
  }

  private FluxLog log(FluxConfig config) {
    return logs.open(config.name(), config.worker().orElseThrow().log());
  }

  private FluxWorker open(FluxConfig config, WorkerSection section) throws IOException {
    FileServer fileServer = fileServers.get(section.broker());
    fileServer.know(config.name());
    FluxWorker flux =
        new FluxWorker(
            config.name(),
            section,
            fileServer.account(),
            fileServer.large(),
            fileServer.others(),
            settings.state(),
            log(config),
            shared);
    synchronized (joining) {
      if (closed) {
        flux.close();
        return flux;
      }
      fluxes.add(flux);
    }
    linkOut(flux);
    // The one before may have come over another.
    fileServers.values().stream()
        .filter(other -> other != fileServer)
        .forEach(other -> other.remove(config.name()));
    fileServer.add(flux);
    return flux;
  }

  private List<Elsewhere.Other> concerned(Question question) {
    return fileServers.values().stream()
        .filter(fileServer -> fileServer.concerns(question))
        .map(FileServer::other)
        .toList();
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

  /**
   * Whether every link is up or trying, and fluxes are woken. A broker that is away is no fault of
   * this daemon.
   */
  public boolean isProgressing() {
    return health.stalled().isEmpty();
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
  public void close() {
    synchronized (joining) {
      if (closed) {
        return;
      }
      closed = true;
    }
    lineup.end();
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
    lineup.close();
    alerts.close();
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
