package fr.epiconcept.navette.worker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
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
import fr.epiconcept.navette.flux.config.WorkerSection;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.reload.Standing;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.view.FluxStatus;
import fr.epiconcept.navette.flux.view.Reloaded;
import fr.epiconcept.navette.flux.view.StatusItem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    try (WorkerDaemon daemon = daemon()) {
      // Where the file is processed before the link is up that sends, its outcome is its receipt.
      until(() -> status(daemon).get(0).daemon().orElseThrow().links().get(0).up());
      FileId id = home.sends("a").id();
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
  void aReceiptThatComesBeforeItsFluxCanStartIsKeptForIt() throws Exception {
    FileId id = home.sends("a").id();
    Marks marks = new Marks(fluxState.resolve("deposits"));
    try (WorkerDaemon daemon = daemon()) {
      home.awaitOutcomes(1);
      assertTrue(daemon.isProgressing());
    }
    Path away = Files.move(fluxState, fluxState.resolveSibling("away"));
    Files.writeString(fluxState, "a file where the folder should be");
    home.receipt(id, Receipt.Of.OUTCOME, 1);
    try (WorkerDaemon daemon = daemon()) {
      until(() -> front.lines("suspended").size() == 1);
      // It has come by then: the broker gives it as soon as the link is up.
      await().during(Duration.ofMillis(700)).until(daemon::isProgressing);
      Files.delete(fluxState);
      Files.move(away, fluxState);
      until(() -> marks.isDone(id));
    }
  }

  private static List<StatusItem> status(WorkerDaemon daemon, String... flux) throws Exception {
    Question question = Question.of("status");
    if (flux.length > 0) {
      question = question.with("flux", flux[0]);
    }
    List<StatusItem> items = new ArrayList<>();
    daemon.desk().answer(question, new Asker("root", true), item -> items.add((StatusItem) item));
    return items;
  }

  @Test
  void statusTellsTheLinkAndEachFluxAndWhyOneIsDown() throws Exception {
    Files.createDirectories(fluxState.getParent());
    Files.writeString(fluxState, "a file where the folder should be");
    try (WorkerDaemon daemon = daemon()) {
      until(() -> status(daemon).get(0).daemon().orElseThrow().links().get(0).up());
      assertEquals(Optional.empty(), status(daemon).get(0).daemon().orElseThrow().stalled());
      FluxStatus down = status(daemon).get(1).flux().orElseThrow();
      assertFalse(down.running());
      assertTrue(down.down().orElse("").contains(fluxState.toString()), down::toString);
      Files.delete(fluxState);
      until(() -> status(daemon).get(1).flux().orElseThrow().running());
      assertEquals(2, status(daemon, "labo").size());
      assertEquals(1, status(daemon, "radio").size());
    }
  }

  @Test
  void aLinkThatNobodyTriesToMakeIsNoProgressAndOneThatIsTriedIs() throws Exception {
    BrokerAccess nowhere =
        new BrokerAccess(
            new DaemonConfig.Endpoint(false, "127.0.0.1", 1),
            Home.ACCOUNT,
            home.access().passwordFile(),
            Optional.empty());
    try (Turns turns = new Turns();
        FileServer files1 = new FileServer("files1", nowhere, "here", turns, new Desk())) {
      Health health = new Health(List.of(files1), turns);
      assertEquals(
          Optional.of("a link to a file server is neither up nor made again"), health.stalled());
      files1.start();
      until(() -> files1.status().why().orElse("").contains("nothing listens there"));
      assertEquals(Optional.empty(), health.stalled());
      assertFalse(files1.status().up());
      assertEquals(Optional.of("tcp://127.0.0.1:1"), files1.status().address());
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

  // --- reload ---

  private FluxConfig config() {
    return new FluxConfig(
        Front.LABO, root.resolve("labo.yml"), Optional.empty(), Optional.of(front.section()));
  }

  private DaemonConfig settings() throws Exception {
    return new DaemonConfig(
        root,
        front.root.resolve("run"),
        Optional.empty(),
        Optional.of(
            new DaemonConfig.WorkerDaemon(
                front.state, Duration.ofSeconds(5), Map.of("files1", home.access()))));
  }

  private Reloaded reload(WorkerDaemon daemon, FluxConfig... wanted) throws Exception {
    return daemon.apply(settings(), List.of(wanted), Set.of()).get(0);
  }

  /** A script that runs until the test lets it end. */
  private void scriptWaits() throws Exception {
    front.script(Front.COUNTS + Front.ANSWERS + "until [ -e \"$ROOT/go\" ]; do sleep 0.05; done\n");
  }

  @Test
  void aChangedFluxLetsItsScriptEndUnderTheOldSettingsAndGoesOnUnderTheNewOnes() throws Exception {
    scriptWaits();
    home.sends("a");
    try (WorkerDaemon daemon = daemon()) {
      until(() -> front.ran().equals(List.of("a")));
      home.sends("b");
      front.archiveOrNone = Optional.of(Files.createDirectories(front.archive));

      Reloaded done = reload(daemon, config());

      assertEquals(Reloaded.Done.WAITING, done.done());
      assertEquals(Standing.State.CHANGING, daemon.configuration().get(0).state(), "not done yet");
      Files.createFile(front.root.resolve("go"));
      home.awaitOutcomes(2);
      assertEquals(List.of("a", "b"), front.ran(), "once each, in order");
      assertEquals(List.of("ack-a", "ack-b"), home.answers());
      until(() -> daemon.configuration().get(0).state() == Standing.State.RUNS);
      assertEquals(1, front.lines("archived").size(), "the new settings are those of b only");
    }
  }

  @Test
  void aRemovedFluxLetsItsScriptEndAndTakesNoOtherDeposit() throws Exception {
    scriptWaits();
    FileId id = home.sends("a").id();
    try (WorkerDaemon daemon = daemon()) {
      until(() -> front.ran().equals(List.of("a")));
      home.sends("b");

      Reloaded done = reload(daemon);

      assertEquals(Reloaded.Done.DRAINING, done.done());
      assertEquals(Optional.of("its script runs"), done.why());
      Files.createFile(front.root.resolve("go"));
      home.awaitOutcomes(1);
      Files.writeString(front.root.resolve("t"), "x");
      Files.move(front.root.resolve("t"), front.out.resolve("late"));
      until(() -> home.waiting() == 1);
      await()
          .during(Duration.ofSeconds(2))
          .atMost(Home.PATIENCE)
          .until(() -> daemon.configuration().size() == 1);
      assertTrue(Files.exists(front.root.resolve("run/worker/out/labo")));
      home.receipt(id, Receipt.Of.OUTCOME, 1);
      FileId answer = home.answerIds().get(0);
      home.receipt(answer, Receipt.Of.ACKNOWLEDGEMENT, 1);
      until(() -> daemon.configuration().isEmpty());
      assertFalse(Files.exists(front.root.resolve("run/worker/out/labo")), "for navette out");
      assertEquals(List.of("a"), front.ran());
      assertTrue(Files.exists(front.out.resolve("late")));

      assertEquals(Reloaded.Done.NEW, reload(daemon, config()).done());
      home.awaitOutcomes(2);
      assertEquals(List.of("a", "b"), front.ran());
    }
  }

  @Test
  void aFluxThatIsNotChangedIsNotTouchedAndATransferredReceiptReachesTheChangedOne()
      throws Exception {
    FileId id = home.sends("a").id();
    try (WorkerDaemon daemon = daemon()) {
      home.awaitOutcomes(1);
      assertEquals(Reloaded.Done.UNCHANGED, reload(daemon, config()).done());
      front.timeout = Duration.ofMinutes(2);
      assertEquals(Reloaded.Done.CHANGED, reload(daemon, config()).done());
      home.receipt(id, Receipt.Of.OUTCOME, 1);
      Marks marks = new Marks(fluxState.resolve("deposits"));
      until(() -> marks.isDone(id));
    }
  }

  @Test
  void aStopWhileAChangedFluxWaitsForItsScriptEndsInTime() throws Exception {
    scriptWaits();
    home.sends("a");
    WorkerDaemon daemon = daemon();
    until(() -> front.ran().equals(List.of("a")));
    front.timeout = Duration.ofMinutes(2);
    assertEquals(Reloaded.Done.WAITING, reload(daemon, config()).done());

    assertTimeout(Duration.ofSeconds(25), daemon::close);

    assertEquals(2, front.lines("interrupted").size() + front.lines("started").size());
  }

  @Test
  void aReloadChangesHowManyScriptsRunAtOnce() throws Exception {
    front.concurrency = 2;
    scriptWaits();
    home.sends("a");
    home.sends("b");
    try (WorkerDaemon daemon = daemon()) {
      until(() -> front.ran().size() == 2);
      assertEquals(Reloaded.Done.UNCHANGED, scripts(daemon, 1));
      Files.createFile(front.root.resolve("go"));
      home.awaitOutcomes(2);
      Files.delete(front.root.resolve("go"));

      home.sends("c");
      home.sends("d");
      until(() -> front.ran().size() == 3);
      await().during(Duration.ofSeconds(1)).until(() -> front.ran().size() == 3);
      assertEquals(Reloaded.Done.UNCHANGED, scripts(daemon, 2));
      until(() -> front.ran().size() == 4);
      Files.createFile(front.root.resolve("go"));
      home.awaitOutcomes(4);
    }
  }

  private Reloaded.Done scripts(WorkerDaemon daemon, int atOnce) throws Exception {
    DaemonConfig.WorkerDaemon settings =
        new DaemonConfig.WorkerDaemon(
            front.state, Duration.ofSeconds(5), Map.of("files1", home.access()), atOnce);
    return daemon
        .apply(
            new DaemonConfig(root, root, Optional.empty(), Optional.of(settings)),
            List.of(config()),
            Set.of())
        .get(0)
        .done();
  }

  @Test
  void aFileServerThatIsNewIsLinkedWithoutARestart() throws Exception {
    try (WorkerDaemon daemon = daemon()) {
      DaemonConfig.WorkerDaemon two =
          new DaemonConfig.WorkerDaemon(
              front.state,
              Duration.ofSeconds(5),
              Map.of("files1", home.access("wrong"), "files2", home.access()));
      FluxConfig moved = config();
      WorkerSection section = front.section("files2");
      Reloaded done =
          daemon
              .apply(
                  new DaemonConfig(root, root, Optional.empty(), Optional.of(two)),
                  List.of(
                      new FluxConfig(
                          Front.LABO, moved.file(), Optional.empty(), Optional.of(section))),
                  Set.of())
              .get(0);
      assertEquals(Reloaded.Done.CHANGED, done.done());
      home.sends("a");
      home.awaitOutcomes(1);
    }
  }
}
