package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Accounts;
import fr.epiconcept.navette.broker.BrokerRefused;
import fr.epiconcept.navette.broker.DiskGuard;
import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.broker.Era;
import fr.epiconcept.navette.broker.ask.Asking;
import fr.epiconcept.navette.broker.ask.Elsewhere;
import fr.epiconcept.navette.broker.ask.Place;
import fr.epiconcept.navette.broker.ask.Verbs;
import fr.epiconcept.navette.broker.begin.Registering;
import fr.epiconcept.navette.broker.fetch.Serving;
import fr.epiconcept.navette.broker.link.Backoff;
import fr.epiconcept.navette.broker.link.BrokerLink;
import fr.epiconcept.navette.broker.link.LinkLog;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.alert.Lookout;
import fr.epiconcept.navette.flux.config.AlertRules;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.log.FluxLogs;
import fr.epiconcept.navette.flux.pulse.Inquiries;
import fr.epiconcept.navette.flux.pulse.Pulses;
import fr.epiconcept.navette.flux.reload.Reloadable;
import fr.epiconcept.navette.flux.reload.Standing;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.view.Reloaded;
import fr.epiconcept.navette.flux.watch.FolderWatcher;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.jms.Connection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file server's daemon: the embedded broker, the link to it, and one {@link FluxIngest} a flux.
 * Here all parts are made and joined, and nothing else is done.
 */
public final class IngestDaemon implements Reloadable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IngestDaemon.class);

  /** A broker restored from a backup is recognised if the backup is older than this. */
  private static final Duration TOKEN_LIFE = Duration.ofMinutes(5);

  /** A worker may send an acknowledgement again for so long after it was delivered. */
  private static final Duration MARKS_KEPT = Duration.ofDays(30);

  /** What waits for a folder that is mounted late goes on so soon after it. */
  private static final Duration MOUNT_AGAIN = Duration.ofSeconds(30);

  /** So long a reload is waited for; what takes longer is done, but not waited for. */
  private static final Duration RELOAD_PATIENCE = Duration.ofSeconds(5);

  private static final int ASKED_AHEAD = 256 << 10;

  /** A disk that answers later than that hangs, for whoever asks how it goes. */
  private static final Duration STATUS_PATIENCE = Duration.ofSeconds(3);

  private final InstantSource clock = InstantSource.system();
  private final Instant since = clock.instant();
  private final Turns turns = new Turns();
  private final FluxLogs logs = new FluxLogs();
  private final Pulses pulses = new Pulses(System::nanoTime);
  private final Fluxes fluxes;
  private final KnownBroker known;
  private final Holds holds;
  private final EmbeddedBroker broker;
  private final FolderWatcher watcher;
  private final IngestAlerts alerts;
  private final BrokerLink link;
  private final Health health;
  private final Desk desk;
  private final Asking asking;
  private final BrokerLink asks;
  private Era era;

  /**
   * Starts the daemon; returns when files can be taken.
   *
   * @param fluxConfigs those that can run; one without an {@code ingest} section is left out
   * @param alertRules for what concerns no single flux
   * @throws BrokerRefused if the broker cannot run; nothing is left running then
   * @throws IOException if the daemon's own folders cannot be used; likewise
   */
  public static IngestDaemon start(
      DaemonConfig.IngestDaemon settings,
      List<FluxConfig> fluxConfigs,
      AlertRules alertRules,
      Checkpoint checkpoint)
      throws BrokerRefused, IOException {
    return new IngestDaemon(settings, fluxConfigs, alertRules, checkpoint);
  }

  private IngestDaemon(
      DaemonConfig.IngestDaemon settings,
      List<FluxConfig> fluxConfigs,
      AlertRules alertRules,
      Checkpoint checkpoint)
      throws BrokerRefused, IOException {
    List<FluxConfig> mine = fluxConfigs.stream().filter(flux -> flux.ingest().isPresent()).toList();
    logs.tell(pulses);
    alerts = new IngestAlerts(settings, turns, clock, Lookout.LONGEST);
    alerts.configure(alertRules, mine);
    logs.tell(alerts);
    DurableFile.makeFolder(settings.state());
    DurableFile.makeFolder(settings.spool());
    DurableFile.makeFolder(settings.broker().data());
    known = new KnownBroker(settings.state().resolve("era"));
    holds = new Holds(settings.state(), Side.INGEST);
    // Before any worker can ask: the era is settled, and what is held is closed.
    List<FluxName> names = mine.stream().map(FluxConfig::name).toList();
    broker =
        EmbeddedBroker.start(
            settings.broker(),
            names,
            started -> {
              era = known.settle(started, names);
              names.stream().filter(holds::isOn).forEach(flux -> started.hold(flux, true));
            });
    watcher = FolderWatcher.start("inotify");
    DiskGuard guard = new DiskGuard(settings.broker().data(), settings.broker().minFree());
    FluxIngest.Shared shared =
        new FluxIngest.Shared(
            new FileIds(clock),
            turns,
            watcher,
            guard::hasRoomFor,
            settings.broker().minFree(),
            MOUNT_AGAIN,
            new QueueHold.Parts(holds, broker::hold, clock),
            Contents.of(broker),
            flux -> broker.mayTake(flux).size() > 1,
            checkpoint);
    fluxes =
        new Fluxes(flux -> open(flux, settings, shared), new AtTheBroker(), turns, MOUNT_AGAIN);
    fluxes.open(mine);
    Abandoned.in(settings.spool(), fluxConfigs).forEach(LOG::warn);
    // Questions, and the bytes of large files, have a link of their own: whatever they do to it,
    // the
    // others go their way.
    LinkLog log = LinkLog.shared("broker", 2);
    link =
        new BrokerLink(
            "broker", broker.inVm(), Tuning.sending(), new User(), Backoff.standard(), log);
    health = new Health(broker, link, turns);
    desk = IngestDesk.open(fluxes, new BalanceClerk(broker, clock), holds, broker::holding);
    StatusClerk status =
        new StatusClerk(
            new DaemonReport(settings.broker(), broker, guard, health, clock, since),
            fluxes,
            pulses,
            broker::takersOf,
            new Inquiries(turns::execute, STATUS_PATIENCE),
            clock);
    desk.on("status", status::answer);
    Accounts accounts = new Accounts(settings.broker().accounts());
    Place place = Place.ofIngest(accounts, broker::listens);
    asking = new Asking(place, desk, Verbs.OF_A_WORKER);
    LargeFiles large = new LargeFiles(place, fluxes::running, System::nanoTime);
    Serving serving = new Serving(large, turns);
    Registering registering = new Registering(new Beginners(large, fluxes::running), turns);
    desk.on(Elsewhere.VERB, new Elsewhere(new Workers(accounts, asking)));
    asks =
        new BrokerLink(
            "broker (asking)",
            broker.inVm(),
            Tuning.receiving(ASKED_AHEAD),
            BrokerLink.User.both(asking, BrokerLink.User.both(serving, registering)),
            Backoff.standard(),
            log);
    link.start();
    asks.start();
    alerts.watch(broker, guard);
    turns.every(TOKEN_LIFE, TOKEN_LIFE, () -> known.renew(broker));
    turns.every(Duration.ofMinutes(1), Duration.ofDays(1), this::expireMarks);
    LOG.info(
        "{} fluxes are taken; workers reach the broker at {}",
        fluxes.running().size(),
        listening());
  }

  private FluxIngest open(
      FluxConfig flux, DaemonConfig.IngestDaemon settings, FluxIngest.Shared shared)
      throws IOException {
    IngestSection section = flux.ingest().orElseThrow();
    Path state = settings.state().resolve("flux").resolve(flux.name().value());
    try {
      broker.give(flux.name(), section.workers().mode());
      FluxLog log = logs.open(flux.name(), section.log());
      FluxIngest made = new FluxIngest(flux.name(), section, state, log, shared);
      alerts.up(flux.name());
      return made;
    } catch (IOException | RuntimeException e) {
      alerts.down(flux.name(), e.toString());
      throw e;
    }
  }

  private final class AtTheBroker implements Surroundings {
    @Override
    public void prepare(FluxName flux) {
      broker.declare(flux);
    }

    @Override
    public long returning(FluxName flux) {
      return broker.returning(flux);
    }

    @Override
    public void clear(FluxName flux) {
      broker.retire(flux);
      logs.close(flux);
    }
  }

  @Override
  public List<Reloaded> apply(DaemonConfig daemon, List<FluxConfig> wanted, Set<FluxName> asTheyAre)
      throws InterruptedException {
    List<FluxConfig> mine = wanted.stream().filter(flux -> flux.ingest().isPresent()).toList();
    alerts.configure(daemon.alerts(), fluxes.lineup().with(mine, asTheyAre));
    return fluxes.lineup().apply(mine, asTheyAre, RELOAD_PATIENCE);
  }

  @Override
  public List<Standing> configuration() {
    return fluxes.lineup().standing();
  }

  /** The broker is in this process, so this link lives as long as the daemon. */
  private final class User implements BrokerLink.User {
    @Override
    public void linked(Connection connection) {
      fluxes.linked(connection, era.id());
    }

    @Override
    public void unlinked(String why) {
      fluxes.unlinked();
    }
  }

  private void expireMarks() {
    for (FluxIngest flux : fluxes.running()) {
      try {
        flux.expireMarks(clock.instant(), MARKS_KEPT);
      } catch (IOException e) {
        LOG.warn("flux {}: old marks are not removed: {}", flux.name(), e.toString());
      }
    }
  }

  /** Where it can be asked. */
  public Desk desk() {
    return desk;
  }

  /** Where workers connect. */
  public Endpoint listening() {
    return broker.listening();
  }

  /** Ends, with the reason, when the daemon can do nothing any more and must be started again. */
  public CompletionStage<Void> ended() {
    return broker
        .stopped()
        .thenCompose(
            nothing ->
                CompletableFuture.failedStage(
                    new IOException(
                        "the broker has stopped by itself: its disk is full or has failed, see what"
                            + " it said before; nothing is lost, start ingest again")));
  }

  /** Whether the broker runs, the link to it stands, and fluxes are woken. */
  public boolean isProgressing() {
    return health.stalled().isEmpty();
  }

  /** Stops in order: nothing new is taken, the broker closes last. May be called twice. */
  @Override
  public void close() {
    asking.close();
    asks.close();
    watcher.close();
    fluxes.close();
    link.close();
    alerts.close();
    known.renew(broker);
    broker.close();
    turns.close();
    logs.close();
  }
}
