package fr.epiconcept.navette.ingest;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.message.Parcel;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.AlertRules;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.ReadyRules.EmptyFile;
import fr.epiconcept.navette.flux.config.ReadyRules.Marker;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.log.FluxLogs;
import fr.epiconcept.navette.flux.reload.Standing;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.view.Reloaded;
import fr.epiconcept.navette.flux.view.Reloaded.Done;
import fr.epiconcept.navette.flux.watch.FolderWatcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import javax.jms.Connection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fluxes of a file server that come, change and go while others work. */
class ReloadTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir static Path shared;
  private static Home home;

  @TempDir Path root;
  private final Turns turns = new Turns();
  private final FluxLogs logs = new FluxLogs();
  private final Map<FluxName, FluxFolders> folders = new HashMap<>();
  private FluxFolders a;
  private FluxFolders b;
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
    a = newFlux();
    b = newFlux();
    watcher = FolderWatcher.start("inotify-test");
    connection = home.inside();
    fluxes = new Fluxes(this::made, new AtHome(), turns, Duration.ofMillis(200));
    fluxes.linked(connection, "era-1");
  }

  private FluxFolders newFlux() throws IOException {
    FluxName name = home.newFlux();
    FluxFolders made = new FluxFolders(root.resolve(name.value()), name);
    folders.put(name, made);
    return made;
  }

  @AfterEach
  void close() throws Exception {
    fluxes.close();
    watcher.close();
    connection.close();
    turns.close();
    logs.close();
    folders.values().forEach(FluxFolders::close);
  }

  private FluxIngest made(FluxConfig config) throws IOException {
    IngestSection section = config.ingest().orElseThrow();
    return new FluxIngest(
        config.name(),
        section,
        folders.get(config.name()).root.resolve("state"),
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

  // --- configurations ---

  private FluxConfig config(FluxFolders of) {
    return config(of, of.inbox, of.spool.folder(), Optional.empty());
  }

  private FluxConfig config(FluxFolders of, Path inbox, Path spool, Optional<List<String>> check) {
    IngestSection plain = of.section(check, Duration.ofMinutes(5));
    ReadyRules ready =
        new ReadyRules(
            Duration.ZERO,
            Marker.NONE,
            false,
            List.of(),
            List.of(),
            EmptyFile.ACCEPT,
            Duration.ofSeconds(30));
    return new FluxConfig(
        of.flux,
        root.resolve(of.flux + ".yml"),
        Optional.of(
            new IngestSection(
                inbox,
                spool,
                plain.archive(),
                plain.quarantine(),
                plain.out(),
                ready,
                plain.check(),
                plain.checkTimeout(),
                plain.log())),
        Optional.empty());
  }

  private FluxConfig withInbox(FluxFolders of, Path inbox) {
    return config(of, inbox, of.spool.folder(), Optional.empty());
  }

  private Reloaded applied(FluxFolders of, FluxConfig... wanted) throws Exception {
    return fluxes.lineup().apply(List.of(wanted), Set.of(), SOON).stream()
        .filter(each -> each.flux().equals(Optional.of(of.flux)))
        .findFirst()
        .orElseThrow();
  }

  private FluxIngest running(FluxFolders of) {
    return fluxes.running().stream()
        .filter(flux -> flux.name().equals(of.flux))
        .findFirst()
        .orElseThrow();
  }

  private static void deposit(Path inbox, String name) throws IOException {
    Path part = Files.writeString(inbox.resolve(name + ".part"), "content of " + name);
    Files.move(part, inbox.resolve(name));
  }

  private static void awaitThat(String what, Callable<Boolean> holds) {
    await(what).atMost(SOON).pollInterval(Duration.ofMillis(50)).until(holds);
  }

  private void published(FluxFolders of, int many) {
    awaitThat("published by " + of.flux, () -> of.told("published").size() == many);
  }

  private FileId publishedId(FluxFolders of) throws Exception {
    return Home.parcels(home.drain(Addresses.deposits(of.flux))).get(0).id();
  }

  // --- the tests ---

  @Test
  void aFluxThatIsNewTakesWhatIsThereAndOneThatIsNotChangedIsNotTouched() throws Exception {
    fluxes.open(List.of(config(a)));
    FluxIngest before = running(a);
    deposit(b.inbox, "b1");

    assertEquals(Done.NEW, applied(b, config(a), config(b)).done());

    published(b, 1);
    assertSame(before, running(a), "not even watched anew");
    assertEquals(1, a.told("watching").size());
    assertEquals(Done.UNCHANGED, applied(a, config(a), config(b)).done());
    deposit(a.inbox, "a1");
    published(a, 1);
  }

  @Test
  void aChangedFluxTakesFromItsNewInboxAndNoMoreFromTheOldOne() throws Exception {
    fluxes.open(List.of(config(a)));
    deposit(a.inbox, "a1");
    published(a, 1);
    Path other = Files.createDirectories(root.resolve("other"));

    Reloaded done = applied(a, withInbox(a, other));
    deposit(a.inbox, "a2");
    deposit(other, "a3");

    assertEquals(Done.CHANGED, done.done());
    assertEquals(
        List.of("ingest.inbox " + a.inbox + " → " + other),
        done.changes().stream().map(Object::toString).toList());
    published(a, 2);
    assertTrue(Files.exists(a.inbox.resolve("a2")), "it is nobody's");
  }

  @Test
  void aRemovedFluxStaysLinkedUntilWhatItTookHasComeToItsEnd() throws Exception {
    fluxes.open(List.of(config(a), config(b)));
    deposit(a.inbox, "a1");
    published(a, 1);

    Reloaded done = applied(a, config(b));

    assertEquals(Done.DRAINING, done.done());
    assertTrue(done.why().orElse("").startsWith("1 files in the spool"), done::toString);
    deposit(a.inbox, "a2");
    FileId id = publishedId(a);
    home.say("w1", a.flux, new Receipt(a.flux, id, Receipt.Of.DEPOSIT, 1, "w1"));
    awaitThat("its receipt is taken", () -> a.told("archived").size() == 1);
    assertEquals(Standing.State.DRAINING, standing(a).orElseThrow().state(), "no outcome yet");
    FluxIngest leaves = running(a);
    assertEquals(
        Optional.of("0 files in the spool, and 1 that arrived without an outcome"),
        leaves.leaving(),
        "what `navette status` says");
    assertEquals(Optional.empty(), running(b).leaving());
    home.say(
        "w1",
        a.flux,
        new Outcome(a.flux, id, 1, Result.PROCESSED, Optional.of(0), Duration.ZERO, 1, "", "w1"));
    awaitThat("it has ended", () -> standing(a).isEmpty());

    assertEquals(1, a.told("processed").size());
    assertEquals(1, a.told("ended").size());
    assertTrue(Files.exists(a.inbox.resolve("a2")), "nothing more is taken");
    assertThrows(
        Exception.class,
        () -> home.say("w1", a.flux, new Receipt(a.flux, id, Receipt.Of.DEPOSIT, 1, "w1")),
        "its workers are shut out");
    assertEquals(Done.NEW, applied(a, config(a), config(b)).done());
    published(a, 2);
  }

  private Optional<Standing> standing(FluxFolders of) {
    return fluxes.lineup().standing().stream()
        .filter(each -> each.config().name().equals(of.flux))
        .findFirst();
  }

  @Test
  void aRemovedFluxThatComesBackWhileItEndsGoesOn() throws Exception {
    fluxes.open(List.of(config(a)));
    deposit(a.inbox, "a1");
    published(a, 1);
    assertEquals(Done.DRAINING, applied(a, config(b)).done());
    deposit(a.inbox, "a2");

    assertEquals(Done.CHANGED, applied(a, config(a)).done());

    published(a, 2);
    assertEquals(Standing.State.RUNS, standing(a).orElseThrow().state());
  }

  @Test
  void whatComesHomeAfterAChangeIsTakenByTheFluxThatGoesOn() throws Exception {
    fluxes.open(List.of(config(a)));
    Path other = Files.createDirectories(root.resolve("other"));
    assertEquals(Done.CHANGED, applied(a, withInbox(a, other)).done());
    // Several: of two readers of one queue, each would be given some.
    for (int i = 1; i <= 6; i++) {
      deposit(other, "a" + i);
    }
    published(a, 6);

    for (Parcel deposit : Home.parcels(home.drain(Addresses.deposits(a.flux)))) {
      home.say("w1", a.flux, new Receipt(a.flux, deposit.id(), Receipt.Of.DEPOSIT, 1, "w1"));
    }

    awaitThat("each receipt is taken", () -> a.told("archived").size() == 6);
  }

  @Test
  void aSpoolThatHoldsFilesIsNotLeftBehind() throws Exception {
    fluxes.open(List.of(config(a)));
    deposit(a.inbox, "a1");
    published(a, 1);
    FluxConfig elsewhere = config(a, a.inbox, root.resolve("other-spool"), Optional.empty());
    FluxIngest before = running(a);

    Reloaded refused = applied(a, elsewhere);

    assertEquals(Done.REFUSED, refused.done());
    assertTrue(refused.why().orElse("").contains("1 files and 0 records"), refused::toString);
    assertSame(before, running(a), "it goes on as it was");
    FileId id = publishedId(a);
    home.say("w1", a.flux, new Receipt(a.flux, id, Receipt.Of.DEPOSIT, 1, "w1"));
    home.say(
        "w1",
        a.flux,
        new Outcome(a.flux, id, 1, Result.PROCESSED, Optional.of(0), Duration.ZERO, 1, "", "w1"));
    awaitThat("it has come to its end", () -> a.told("processed").size() == 1);
    assertEquals(Done.CHANGED, applied(a, elsewhere).done());
    deposit(a.inbox, "a2");
    published(a, 2);
    assertTrue(Files.exists(root.resolve("other-spool/published")));
  }

  @Test
  void twoFluxesExchangeTheirInboxes() throws Exception {
    fluxes.open(List.of(config(a), config(b)));

    Reloaded done = applied(a, withInbox(a, b.inbox), withInbox(b, a.inbox));

    assertEquals(Done.CHANGED, done.done());
    deposit(a.inbox, "for-b");
    deposit(b.inbox, "for-a");
    published(a, 1);
    published(b, 1);
    assertTrue(a.told("deposited").get(0).contains("name=for-a"), a.told("deposited")::toString);
  }

  @Test
  void nobodyTakesAnInboxWhoseFluxGoesOnWithIt() throws Exception {
    fluxes.open(List.of(config(a)));
    deposit(a.inbox, "a1");
    published(a, 1);
    // The one keeps its inbox, since its spool cannot move; so the other does not get it.
    FluxConfig moved =
        config(a, root.resolve("nowhere"), root.resolve("other-spool"), Optional.empty());

    List<Reloaded> done =
        fluxes
            .lineup()
            .apply(List.of(moved, withInbox(b, a.inbox)), Set.of(), Duration.ofSeconds(1));

    assertEquals(
        Set.of(Done.REFUSED, Done.WAITING), Set.copyOf(done.stream().map(Reloaded::done).toList()));
    deposit(a.inbox, "a2");
    published(a, 2);
    assertEquals(List.of(), b.told("watching"));
  }

  @Test
  void aCheckThatRunsEndsBeforeItsFluxIsChangedAndNoOtherWaitsForIt() throws Exception {
    Path go = root.resolve("go");
    Path started = root.resolve("started");
    List<String> check =
        List.of(
            "/bin/sh",
            "-c",
            "echo x >>\"$1\"; until [ -e \"$2\" ]; do sleep 0.05; done",
            "check",
            started.toString(),
            go.toString());
    fluxes.open(List.of(config(a, a.inbox, a.spool.folder(), Optional.of(check)), config(b)));
    deposit(a.inbox, "a1");
    awaitThat("the check runs", () -> Files.exists(started));
    Path other = Files.createDirectories(root.resolve("other"));

    List<Reloaded> done =
        fluxes
            .lineup()
            .apply(List.of(config(a), withInbox(b, other)), Set.of(), Duration.ofMillis(500));

    assertEquals(
        Map.of(a.flux, Done.WAITING, b.flux, Done.CHANGED),
        Map.of(
            done.get(0).flux().orElseThrow(), done.get(0).done(),
            done.get(1).flux().orElseThrow(), done.get(1).done()));
    deposit(other, "b1");
    published(b, 1);
    assertEquals(0, a.told("published").size());
    Files.createFile(go);
    published(a, 1);
    assertEquals(1, Files.readAllLines(started).size(), "nobody ended it");
  }

  @Test
  void aFluxThatCannotStartAndIsRemovedIsTriedNoMore() throws Exception {
    FluxConfig down = config(a);
    try (Stream<Path> all = Files.walk(down.ingest().orElseThrow().spool())) {
      all.sorted(Comparator.reverseOrder()).forEach(path -> assertTrue(path.toFile().delete()));
    }
    Path blocked = Files.writeString(down.ingest().orElseThrow().spool(), "not a folder");
    fluxes.open(List.of(config(b)));
    assertEquals(Done.DOWN, applied(a, down, config(b)).done());

    assertEquals(Done.REMOVED, applied(a, config(b)).done());
    Files.delete(blocked);

    await().during(Duration.ofMillis(700)).until(() -> !Files.exists(blocked));
    assertFalse(fluxes.running().stream().anyMatch(flux -> flux.name().equals(a.flux)));
  }

  @Test
  void aFluxThatIsToStayAsItIsIsNotTouchedThoughItIsNotAmongTheWanted() throws Exception {
    fluxes.open(List.of(config(a), config(b)));
    FluxIngest before = running(a);

    List<Reloaded> done =
        fluxes.lineup().apply(List.of(config(b)), Set.of(a.flux), Duration.ofSeconds(5));

    assertEquals(1, done.size());
    assertSame(before, running(a));
    deposit(a.inbox, "a1");
    published(a, 1);
  }

  private static FluxConfig calling(FluxConfig config, Duration oldest) {
    AlertRules none = AlertRules.NONE;
    AlertRules rules =
        new AlertRules(
            List.of("/bin/true"),
            Map.of(),
            none.atMost(),
            Optional.of(oldest),
            none.silence(),
            none.acknowledgement(),
            none.workerAway(),
            none.certificate());
    return new FluxConfig(config.name(), config.file(), config.ingest(), config.worker(), rules);
  }

  @Test
  void whoIsCalledForAFluxChangesWithoutTouchingIt() throws Exception {
    fluxes.open(List.of(calling(config(a), Duration.ofMinutes(1))));
    FluxIngest before = running(a);
    FluxConfig later = calling(config(a), Duration.ofMinutes(2));

    Reloaded done = applied(a, later);

    assertEquals(Done.CHANGED, done.done());
    assertEquals(
        List.of("alerts.oldest 1m → 2m"), done.changes().stream().map(Object::toString).toList());
    assertSame(before, running(a));
    assertEquals(Done.UNCHANGED, applied(a, later).done());
  }

  @Test
  void peopleAreCalledForAFluxWhoseFileIsBrokenAsTheyWereBefore() throws Exception {
    FluxConfig called = calling(config(a), Duration.ofMinutes(1));
    fluxes.open(List.of(called));

    assertEquals(
        Set.of(called, config(b)),
        Set.copyOf(fluxes.lineup().with(List.of(config(b)), Set.of(a.flux))));
  }
}
