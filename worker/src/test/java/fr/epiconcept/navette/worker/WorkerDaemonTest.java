package fr.epiconcept.navette.worker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import fr.epiconcept.navette.broker.link.BrokerLink;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.config.AlertRules;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.marks.Marks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The whole daemon on links to a real broker. */
class WorkerDaemonTest {
  @TempDir Path root;
  private Home home;
  private Front front;
  private Path fluxState;

  @BeforeEach
  void start() throws Exception {
    home = new Home(root.resolve("home"));
    front = new Front(root.resolve("front"));
    fluxState = front.state.resolve("flux").resolve("labo");
  }

  @AfterEach
  void stop() throws Exception {
    front.close();
    home.close();
  }

  private WorkerDaemon daemon() throws Exception {
    return daemon(home.access());
  }

  private WorkerDaemon daemon(BrokerAccess access) throws Exception {
    return new WorkerDaemon(
        new DaemonConfig.WorkerDaemon(front.state, Duration.ofSeconds(5), Map.of("files1", access)),
        front.root.resolve("run"),
        List.of(
            new FluxConfig(
                Front.LABO,
                root.resolve("labo.yml"),
                Optional.empty(),
                Optional.of(front.section()))),
        AlertRules.NONE,
        Checkpoint.NONE,
        Duration.ofMillis(100));
  }

  private static void until(Callable<Boolean> condition) {
    await().atMost(Home.PATIENCE).until(condition);
  }

  @Test
  void aDepositGoesAllTheWayAndItsMarkIsClosedByTheReceipt() throws Exception {
    FileId id = home.sends("a").id();
    try (WorkerDaemon daemon = daemon()) {
      home.awaitParcels(all -> all.size() == 3);
      assertEquals(List.of("ack-a"), home.answers());
      assertEquals(1, home.receipts().size());
      home.receipt(id, Receipt.Of.OUTCOME, 1);
      Marks marks = new Marks(fluxState.resolve("deposits"));
      until(() -> marks.isDone(id));
      assertTrue(daemon.isProgressing());
    }
  }

  @Test
  void aFluxThatCannotStartIsTriedAgainUntilItCan() throws Exception {
    Files.createDirectories(fluxState.getParent());
    Files.writeString(fluxState, "a file where the folder should be");
    home.sends("a");
    try (WorkerDaemon daemon = daemon()) {
      until(() -> front.lines("suspended").size() == 1);
      await().during(Duration.ofMillis(700)).until(() -> front.lines("suspended").size() == 1);
      assertTrue(daemon.isProgressing());
      Files.delete(fluxState);
      home.awaitOutcomes(1);
      assertEquals(List.of("a"), front.ran());
      assertEquals(1, front.lines("goes-on").size());
      assertTrue(Files.exists(front.root.resolve("run/worker/out/labo")), "navette out finds it");
    }
  }

  @Test
  void aFluxThatCameLateSendsWhatTheApplicationPutsIntoItsOut() throws Exception {
    Files.createDirectories(fluxState.getParent());
    Files.writeString(fluxState, "a file where the folder should be");
    try (WorkerDaemon daemon = daemon()) {
      until(() -> front.lines("suspended").size() == 1);
      Files.delete(fluxState);
      until(() -> front.lines("goes-on").size() == 1);
      Files.writeString(front.root.resolve("t"), "x");
      Files.move(front.root.resolve("t"), front.out.resolve("late"));
      until(() -> home.answers().equals(List.of("late")));
      assertTrue(daemon.isProgressing());
    }
  }

  @Test
  void aRefusedLoginIsSaidOnceThoughTwoLinksAreRefused() throws Exception {
    Logger links = (Logger) LoggerFactory.getLogger(BrokerLink.class);
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    links.setLevel(Level.WARN);
    links.addAppender(said);
    try (WorkerDaemon daemon = daemon(home.access("wrong"))) {
      until(() -> !said.list.isEmpty());
      await()
          .during(Duration.ofSeconds(3))
          .atMost(Home.PATIENCE)
          .until(() -> said.list.size() == 1);
      assertTrue(said.list.get(0).getFormattedMessage().startsWith("link to files1 not made: "));
      assertTrue(daemon.isProgressing());
    } finally {
      links.detachAppender(said);
    }
  }

  @Test
  void aStopWhileAFluxIsWaitedForEndsTheWaiting() throws Exception {
    Files.createDirectories(fluxState.getParent());
    Files.writeString(fluxState, "a file where the folder should be");
    try (WorkerDaemon daemon = daemon()) {
      until(() -> front.lines("suspended").size() == 1);
      assertTrue(daemon.isProgressing());
    }
    Files.delete(fluxState);
    await().during(Duration.ofMillis(500)).until(() -> !Files.exists(fluxState));
  }
}
