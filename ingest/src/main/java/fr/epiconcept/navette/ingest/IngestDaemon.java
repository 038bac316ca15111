package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.BrokerRefused;
import fr.epiconcept.navette.broker.DiskGuard;
import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.broker.Era;
import fr.epiconcept.navette.broker.EraKeeper;
import fr.epiconcept.navette.broker.link.Backoff;
import fr.epiconcept.navette.broker.link.BrokerLink;
import fr.epiconcept.navette.broker.link.Tuning;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.log.FluxLogs;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.watch.FolderWatcher;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import javax.jms.Connection;
import javax.jms.JMSException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file server's daemon: the embedded broker, the link to it, and one {@link FluxIngest} a flux.
 * Here all parts are made and joined, and nothing else is done.
 */
public final class IngestDaemon implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IngestDaemon.class);

  /** A broker restored from a backup is recognised if the backup is older than this. */
  private static final Duration TOKEN_LIFE = Duration.ofMinutes(5);

  /** A worker may send an acknowledgement again for so long after it was delivered. */
  private static final Duration MARKS_KEPT = Duration.ofDays(30);

  /** What waits for a folder that is mounted late goes on so soon after it. */
  private static final Duration MOUNT_AGAIN = Duration.ofSeconds(30);

  private final InstantSource clock = InstantSource.system();
  private final Turns turns = new Turns();
  private final FluxLogs logs = new FluxLogs();
  private final Fluxes fluxes;
  private final Path eraFile;
  private final Holds holds;
  private final EmbeddedBroker broker;
  private final FolderWatcher watcher;
  private final BrokerLink link;
  private final Desk desk;
  private Era era;

  /**
   * Starts the daemon; returns when files can be taken.
   *
   * @param fluxConfigs those that can run; one without an {@code ingest} section is left out
   * @throws BrokerRefused if the broker cannot run; nothing is left running then
   * @throws IOException if the daemon's own folders cannot be used; likewise
   */
  public static IngestDaemon start(
      DaemonConfig.IngestDaemon settings, List<FluxConfig> fluxConfigs, Checkpoint checkpoint)
      throws BrokerRefused, IOException {
    return new IngestDaemon(settings, fluxConfigs, checkpoint);
  }

  private IngestDaemon(
      DaemonConfig.IngestDaemon settings, List<FluxConfig> fluxConfigs, Checkpoint checkpoint)
      throws BrokerRefused, IOException {
    List<FluxConfig> mine = fluxConfigs.stream().filter(flux -> flux.ingest().isPresent()).toList();
    DurableFile.makeFolder(settings.state());
    DurableFile.makeFolder(settings.spool());
    DurableFile.makeFolder(settings.broker().data());
    eraFile = settings.state().resolve("era");
    holds = new Holds(settings.state(), Side.INGEST);
    // Before any worker can ask: the era is settled, and what is held is closed.
    List<FluxName> names = mine.stream().map(FluxConfig::name).toList();
    broker =
        EmbeddedBroker.start(
            settings.broker(),
            names,
            started -> {
              settleEra(started);
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
            checkpoint);
    fluxes = new Fluxes(flux -> open(flux, settings, shared), turns, MOUNT_AGAIN);
    fluxes.open(mine);
    desk = IngestDesk.open(fluxes, new BalanceClerk(broker, clock), holds);
    link =
        new BrokerLink("broker", broker.inVm(), Tuning.sending(), new User(), Backoff.standard());
    link.start();
    turns.every(TOKEN_LIFE, TOKEN_LIFE, this::renewToken);
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
    return new FluxIngest(
        flux.name(), section, state, logs.open(flux.name(), section.log()), shared);
  }

  private void settleEra(EmbeddedBroker started) throws JMSException, IOException {
    try (Connection connection = started.inVm().open(Tuning.sending())) {
      era = EraKeeper.open(connection, eraFile, started.journalWasDamaged());
    }
    if (started.journalWasDamaged()) {
      LOG.error(
          "the broker's journal was damaged and what could not be read is set aside; every file"
              + " without a receipt is sent again from the spool, nothing has to be done by hand");
    }
  }

  private synchronized void renewToken() {
    try (Connection connection = broker.inVm().open(Tuning.sending())) {
      EraKeeper.renew(connection, eraFile);
    } catch (JMSException | IOException e) {
      LOG.warn("the broker's token is not renewed: {}; tried again later", e.getMessage());
    }
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

  /** Whether the broker runs and the link to it stands. */
  public boolean isProgressing() {
    return broker.isActive() && link.state().up();
  }

  /** Stops in order: nothing new is taken, the broker closes last. May be called twice. */
  @Override
  public void close() {
    watcher.close();
    fluxes.close();
    link.close();
    renewToken();
    broker.close();
    turns.close();
    logs.close();
  }
}
