package fr.epiconcept.navette.ingest;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Accounts;
import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.ask.Place;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.ReadyRules.EmptyFile;
import fr.epiconcept.navette.flux.config.ReadyRules.Marker;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.log.FluxLogs;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.watch.FolderWatcher;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole fluxes of a file server, from the inbox to the queue and into quarantine. */
class FluxesTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir static Path shared;
  private static Home home;

  @TempDir Path root;
  private final Turns turns = new Turns();
  private final FluxLogs logs = new FluxLogs();
  private FluxName flux;
  private FluxFolders folders;
  private FolderWatcher watcher;
  private Connection connection;
  private Fluxes fluxes;

  @BeforeAll
  static void start() throws Exception {
    home = Home.start(shared);
  }

  @AfterAll
  static void stop() {
    home.close();
  }

  @BeforeEach
  void lay() throws Exception {
    flux = home.newFlux();
    folders = new FluxFolders(root.resolve(flux.value()), flux);
    watcher = FolderWatcher.start("inotify-test");
    connection = home.inside();
    fluxes = fluxes(this::made);
  }

  @AfterEach
  void close() throws Exception {
    fluxes.close();
    watcher.close();
    connection.close();
    turns.close();
    logs.close();
    folders.close();
  }

  private Fluxes fluxes(Fluxes.Opening opening) {
    return new Fluxes(opening, new AtHome(), turns, Duration.ofMillis(200));
  }

  private static final class AtHome implements Surroundings {
    @Override
    public void prepare(FluxName flux) {
      home.broker.declare(flux);
    }

    @Override
    public long returning(FluxName flux) {
      return home.broker.returning(flux);
    }

    @Override
    public void clear(FluxName flux) {
      home.broker.retire(flux);
    }
  }

  private FluxIngest made(FluxConfig config) throws IOException {
    IngestSection section = config.ingest().orElseThrow();
    return new FluxIngest(
        config.name(),
        section,
        folders.root.resolve("state"),
        logs.open(config.name(), section.log()),
        new FluxIngest.Shared(
            new FileIds(InstantSource.system()),
            turns,
            watcher,
            size -> true,
            0,
            Duration.ofMillis(200),
            new QueueHold.Parts(
                new Holds(root.resolve("state"), Side.INGEST),
                (held, on) -> {},
                InstantSource.system()),
            Contents.of(home.broker),
            several -> false,
            Checkpoint.NONE));
  }

  private FluxConfig config(Marker marker, String... check) {
    IngestSection plain =
        folders.section(
            check.length == 0 ? Optional.empty() : Optional.of(List.of(check)),
            Duration.ofMinutes(5));
    ReadyRules ready =
        new ReadyRules(
            Duration.ZERO,
            marker,
            false,
            List.of(),
            List.of(),
            EmptyFile.ACCEPT,
            Duration.ofSeconds(30));
    return new FluxConfig(
        flux,
        root.resolve("labo.yml"),
        Optional.of(
            new IngestSection(
                plain.inbox(),
                plain.spool(),
                plain.archive(),
                plain.quarantine(),
                plain.out(),
                ready,
                plain.check(),
                plain.checkTimeout(),
                plain.log())),
        Optional.empty());
  }

  private void deposit(String name, String content) throws IOException {
    Path part = Files.writeString(folders.inbox.resolve(name + ".part"), content);
    Files.move(part, folders.inbox.resolve(name));
  }

  private long inInbox() throws IOException {
    try (Stream<Path> all = Files.list(folders.inbox)) {
      return all.filter(Files::isRegularFile).count();
    }
  }

  private static void awaitThat(String what, Callable<Boolean> holds) {
    await(what).atMost(SOON).pollInterval(Duration.ofMillis(50)).until(holds);
  }

  private List<Message> published() throws Exception {
    return home.drain(Addresses.deposits(flux));
  }

  @Test
  void aFluxWhoseFolderIsMountedLateComesUpAndTakesWhatIsThere() throws Exception {
    // A file where the spool's folder will be: as a mount point that is not what it should be.
    IngestSection section = config(Marker.NONE).ingest().orElseThrow();
    deleteTree(section.spool());
    Files.writeString(section.spool(), "not mounted");
    fluxes.open(List.of(config(Marker.NONE)));
    fluxes.linked(connection, "era-1");
    assertEquals(List.of(), fluxes.running());
    deposit("a.hl7", "x");

    Files.delete(section.spool());

    awaitThat("it is published", () -> !folders.told("published").isEmpty());
    assertEquals(1, published().size());
    assertEquals(1, fluxes.running().size());
  }

  private static void deleteTree(Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }

  @Test
  void aFluxThatCannotStartKeepsNoOtherFromStarting() throws Exception {
    FluxConfig bad = new FluxConfig(new FluxName("bad"), root, Optional.empty(), Optional.empty());
    AtomicInteger tries = new AtomicInteger();
    Fluxes two =
        fluxes(
            config -> {
              if (config.name().equals(bad.name())) {
                tries.incrementAndGet();
                throw new IOException("its folder is away");
              }
              return made(config);
            });
    two.open(List.of(bad, config(Marker.NONE)));
    two.linked(connection, "era-1");
    deposit("a.hl7", "x");

    awaitThat("the good one publishes", () -> !folders.told("published").isEmpty());
    awaitThat("the bad one is tried again", () -> tries.get() >= 3);
    two.close();
    int after = tries.get();
    await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
    assertTrue(tries.get() <= after + 1, "nothing is tried for ever after the stop");
  }

  @Test
  void aCheckThatHangsDoesNotKeepTheDaemonFromStopping() throws Exception {
    Path started = root.resolve("started");
    fluxes.open(
        List.of(
            config(
                Marker.NONE,
                "/bin/sh",
                "-c",
                "trap '' TERM; echo $$ >> \"$1\"; while :; do sleep 1; done",
                "check",
                started.toString())));
    fluxes.linked(connection, "era-1");
    deposit("a.hl7", "x");
    deposit("b.hl7", "x");
    awaitThat("the check runs", () -> Files.exists(started) && Files.size(started) > 0);

    assertTimeout(Duration.ofSeconds(10), fluxes::close);

    List<String> pids = Files.readAllLines(started);
    assertEquals(1, pids.size(), "no other is started");
    assertTrue(ProcessHandle.of(Long.parseLong(pids.get(0))).isEmpty(), "none is left behind");
    // What came in the same look as the first is claimed; what came later stands in the inbox.
    assertEquals(2, folders.spool.list(State.CLAIMED).size() + inInbox());
    assertEquals(List.of(), folders.told("quarantined"));

    fluxes = fluxes(this::made);
    fluxes.open(List.of(config(Marker.NONE)));
    fluxes.linked(connection, "era-1");

    awaitThat("both are published", () -> folders.told("published").size() == 2);
  }

  @Test
  void theMarkerOfAQuarantinedDepositDoesNotVouchForTheNextOfItsName() throws Exception {
    fluxes.open(List.of(config(Marker.OK_SUFFIX, "/bin/sh", "-c", "exit 1")));
    fluxes.linked(connection, "era-1");
    deposit("a.hl7", "bad");
    Path marker = Files.createFile(folders.inbox.resolve("a.hl7.ok"));
    awaitThat("it is refused", () -> folders.told("quarantined").size() == 1);
    assertFalse(Files.exists(marker));

    deposit("a.hl7", "half of the next");
    deposit("b.hl7", "x");
    Files.createFile(folders.inbox.resolve("b.hl7.ok"));
    awaitThat("the other is refused", () -> folders.told("quarantined").size() == 2);

    assertEquals("half of the next", Files.readString(folders.inbox.resolve("a.hl7")));
  }

  @Test
  void aFluxIsLinkedOverEachNewConnection() throws Exception {
    fluxes.open(List.of(config(Marker.NONE)));
    fluxes.linked(connection, "era-1");
    deposit("a.hl7", "x");
    awaitThat("one is published", () -> folders.told("published").size() == 1);
    fluxes.unlinked();
    connection.close();
    deposit("b.hl7", "x");
    assertEquals(1, folders.told("published").size());

    connection = home.inside();
    fluxes.linked(connection, "era-1");

    awaitThat("two are published", () -> folders.told("published").size() == 2);
    List<Message> all = new ArrayList<>(published());
    assertEquals(2, all.size());
  }

  @Test
  void theBytesOfADepositAreFoundFromItsClaimToItsEnd() throws Exception {
    fluxes.open(List.of(config(Marker.NONE)));
    fluxes.linked(connection, "era-1");
    deposit("a.hl7", "content");
    awaitThat("it is published", () -> folders.told("published").size() == 1);
    String own = folders.spool.list(State.PUBLISHED).get(0).getFileName().toString();
    FileId id = new FileId(own);
    LargeFiles files =
        new LargeFiles(
            Place.ofIngest(new Accounts(shared.resolve("accounts")), account -> true),
            fluxes::running,
            System::nanoTime);
    assertTrue(files.fluxesOf("w1").contains(flux));
    assertEquals(Set.of(), files.fluxesOf("nobody"));

    Path away = Files.move(folders.spool.folder(), root.resolve("spool-away"));
    assertThrows(IOException.class, () -> files.file(flux, id), "not gone: nobody knows");
    Files.move(away, folders.spool.folder());
    Path spooled = files.file(flux, id).orElseThrow();
    assertTrue(spooled.startsWith(folders.spool.folder()), spooled.toString());
    assertEquals("content", Files.readString(spooled));

    home.say("w1", flux, new Receipt(flux, id, Receipt.Of.DEPOSIT, 1, "w1"));
    awaitThat("it is archived", () -> folders.told("archived").size() == 1);
    Path archived = files.file(flux, id).orElseThrow();
    assertEquals("content", Files.readString(archived));
    assertNotEquals(spooled, archived);

    Path aside = Files.move(archived, root.resolve("aside"));
    assertEquals(Optional.empty(), files.file(flux, id), "somebody took it out");
    Files.move(aside, archived);
    home.say(
        "w1",
        flux,
        new Outcome(flux, id, 1, Result.PROCESSED, Optional.of(0), Duration.ZERO, 1, "", "w1"));
    awaitThat("it has ended", () -> folders.told("processed").size() == 1);
    awaitThat("nobody needs it", () -> files.file(flux, id).isEmpty());
    assertThrows(IOException.class, () -> files.file(new FluxName("other"), id));
  }

  @Test
  void anArchiveThatIsMountedLateGivesANewBrokerWhatTheOldOneHad() throws Exception {
    fluxes.open(List.of(config(Marker.NONE)));
    fluxes.linked(connection, "era-1");
    deposit("a.hl7", "x");
    awaitThat("it is published", () -> folders.told("published").size() == 1);
    FileId id = Home.parcels(published()).get(0).id();
    home.say("w1", flux, new Receipt(flux, id, Receipt.Of.DEPOSIT, 1, "w1"));
    awaitThat("it is archived", () -> folders.told("archived").size() == 1);
    fluxes.unlinked();
    connection.close();
    Path away = Files.move(folders.archiveFolder, root.resolve("away"));
    Files.createDirectory(folders.archiveFolder);

    connection = home.inside();
    fluxes.linked(connection, "era-2");
    awaitThat("it cannot be sent", () -> folders.told("not-sent-again").size() == 1);
    deposit("b.hl7", "x");
    awaitThat("the spool does not wait for it", () -> folders.told("published").size() == 2);
    Files.delete(folders.archiveFolder);
    Files.move(away, folders.archiveFolder);

    awaitThat("it is sent", () -> folders.told("all-sent-again").size() == 1);
    assertEquals(1, folders.told("not-sent-again").size());
    assertTrue(
        Home.parcels(published()).stream().anyMatch(parcel -> parcel.id().equals(id)),
        "it is there");
  }

  @Test
  void aFluxThatIsGivenNoSessionForAMomentIsLinkedOnceThatIsOver() throws Exception {
    AtomicInteger faults = new AtomicInteger(3);
    fluxes.open(List.of(config(Marker.NONE)));
    fluxes.linked(failingFirst(faults), "era-1");
    awaitThat("it was refused", () -> faults.get() <= 0);
    deposit("a.hl7", "x");

    awaitThat("it is published", () -> folders.told("published").size() == 1);
    FileId id = Home.parcels(published()).get(0).id();
    home.say("w1", flux, new Receipt(flux, id, Receipt.Of.DEPOSIT, 1, "w1"));
    awaitThat("its receipt is read", () -> folders.told("archived").size() == 1);
  }

  /** The broker's own connection, but that no session is to be had at first. */
  private Connection failingFirst(AtomicInteger faults) {
    return (Connection)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, words) -> {
              if (method.getName().equals("equals")) {
                return proxy == words[0];
              }
              if (method.getName().equals("createSession") && faults.getAndDecrement() > 0) {
                throw new JMSException("no session now");
              }
              return method.invoke(connection, words);
            });
  }
}
