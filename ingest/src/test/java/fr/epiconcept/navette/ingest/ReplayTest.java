package fr.epiconcept.navette.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.carry.Sender;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.ledger.LedgerView;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Repeats;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.flux.view.Replayed;
import fr.epiconcept.navette.ingest.Repeating.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import javax.jms.Connection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Replays with a real broker, a real spool and a real archive. */
class ReplayTest {
  private static final ReplayOrder DEAD = order(true, null, null, null, null);
  private static final Asker ROOT = new Asker("root", true);
  private static final Asker CRON = new Asker("cron", true);
  private static final FileTime WRITTEN = FileTime.from(Instant.parse("2026-11-20T08:00:00Z"));

  /** As if the daemon died there. */
  private static final class Death extends Error {
    private static final long serialVersionUID = 1;
  }

  @TempDir static Path shared;
  private static Home home;

  @TempDir Path root;
  private final FileIds ids = new FileIds(InstantSource.system());
  private final List<Path> sends = new ArrayList<>();
  private final List<Replayed> answers = new ArrayList<>();
  private FluxName flux;
  private FluxFolders folders;
  private Connection connection;
  private long room = Long.MAX_VALUE;

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
    connection = home.inside();
  }

  @AfterEach
  void close() throws Exception {
    connection.close();
    folders.close();
  }

  private static ReplayOrder order(boolean dead, FileId id, String name, String from, String to) {
    return new ReplayOrder(
        dead,
        Optional.ofNullable(id),
        Optional.ofNullable(name),
        Optional.ofNullable(from).map(Instant::parse),
        Optional.ofNullable(to).map(Instant::parse));
  }

  private static ReplayOrder named(String glob) {
    return order(false, null, glob, null, null);
  }

  /** What one start of the daemon has. */
  private Repeating repeating(Consumer<Point> faults) throws Exception {
    return new Repeating(
        flux,
        new Repeats(new Spool(folders.spool.folder())),
        folders.arrived,
        folders.dead,
        new Repeated(folders.root),
        folders.ledger,
        LedgerView.of(folders.spool.folder()),
        new Repeating.Machinery(
            ids,
            () -> Optional.of(connection),
            () -> Queued.of(home.broker, flux),
            bytes -> bytes < room,
            sends::add,
            faults),
        folders.log);
  }

  private Replay replay(Consumer<Point> faults) throws Exception {
    ReplayPlan plan =
        new ReplayPlan(
            folders.section(Optional.empty(), Duration.ofMinutes(1)), folders.root, ZoneOffset.UTC);
    return new Replay(flux, plan, repeating(faults), 2, ids, InstantSource.system());
  }

  private void run(ReplayOrder order) throws Exception {
    replay(point -> {}).run(order, ROOT, this::take);
  }

  private void take(Object item) {
    if (item instanceof Replayed replayed) {
      answers.add(replayed);
    }
  }

  /** A deposit that has arrived and was processed. */
  private FileId archived(String name, String content) throws Exception {
    return archive(name, content).id();
  }

  private Entry archive(String name, String content) throws Exception {
    Entry entry = folders.claimed(name, content);
    ids.notBefore(entry.id());
    Files.setLastModifiedTime(entry.file(), WRITTEN);
    folders.archive().keep(entry.file(), entry.id(), entry.path());
    folders.spool.removeFolder(entry);
    return entry;
  }

  /** A deposit that failed, and its letter. */
  private FileId dead(String name, String content) throws Exception {
    Entry entry = archive(name, content);
    Path file = folders.archived(entry);
    Arrived record =
        new Arrived(
            entry.id(),
            entry.path(),
            file,
            Optional.of(ArchiveRoot.of(folders.archiveFolder)),
            Files.size(file),
            entry.related(),
            1,
            "era");
    folders.dead.write(entry.id(), record.spelled());
    folders.dead.sync();
    Sender sender = new Sender(connection, refused -> {});
    new DeadLetters(flux, Home.ONE_WORKER).bury(record, "era", "exit 3", sender, () -> {});
    assertTrue(sender.drain());
    sender.session().close();
    return entry.id();
  }

  private List<Entry> again() throws Exception {
    List<Entry> all = new ArrayList<>();
    for (Path own : folders.spool.list(State.AGAIN)) {
      folders.spool.entry(own).ifPresent(all::add);
    }
    return all;
  }

  private long letters() throws Exception {
    return home.count(Addresses.dead(flux));
  }

  private List<String> names() throws Exception {
    return again().stream().map(entry -> entry.name().toString()).toList();
  }

  // --- dead letters ---

  @Test
  void aDeadLetterGoesAgainUnderANewIdThatRemembersTheFirst() throws Exception {
    FileId first = dead("a.hl7", "PID|1");
    run(DEAD);
    Entry again = again().get(0);
    assertTrue(again.id().compareTo(first) > 0);
    assertEquals(Optional.of(first), again.related());
    assertEquals("PID|1", Files.readString(again.file()));
    assertEquals(WRITTEN, FileIdentity.of(again.file()).modified());
    assertEquals(List.of(again.folder()), sends);
    assertEquals(0, letters());
    assertEquals(List.of(), folders.dead.list());
    assertEquals(Optional.of(again.id()), answers.get(0).as());
    assertTrue(folders.told("replayed").get(0).contains(first + " replayed as=" + again.id()));
    assertTrue(folders.told("replay").get(0).contains("replay-of=" + first));
  }

  @ParameterizedTest
  @EnumSource(Point.class)
  void whereverTheDaemonDiesItIsSentOnceAndItsLetterIsGone(Point where) throws Exception {
    FileId first = dead("a.hl7", "PID|1");
    Replay dies =
        replay(
            point -> {
              if (point == where) {
                throw new Death();
              }
            });
    assertThrows(Death.class, () -> dies.run(DEAD, ROOT, this::take));

    repeating(point -> {}).finish();
    repeating(point -> {}).finish();
    if (where == Point.PREPARED) {
      assertEquals(1, letters(), "nothing was promised yet");
      assertEquals(List.of(first), folders.dead.list());
      assertEquals(List.of(), folders.spool.list(State.AGAIN));
      run(DEAD);
    }
    assertEquals(List.of("a.hl7"), names());
    assertEquals(Optional.of(first), again().get(0).related());
    assertEquals("PID|1", Files.readString(again().get(0).file()));
    assertEquals(0, letters());
    assertEquals(List.of(), folders.dead.list());
  }

  // --- sub-folders ---

  private List<String> paths() throws Exception {
    return again().stream().map(entry -> entry.path().encoded()).toList();
  }

  @Test
  void aReplayHasTheFolderOfTheFirst() throws Exception {
    dead("a/b/x.hl7", "PID|1");
    archived("a/b/y.hl7", "PID|2");
    archived("y.hl7", "PID|3");
    run(DEAD);
    assertEquals(List.of("a/b/x.hl7"), paths());
    assertEquals("a/b/x.hl7", answers.get(0).name());
    run(named("a/*/y*"));
    assertEquals(
        List.of("a/b/x.hl7", "a/b/y.hl7"), paths(), "a glob with a slash is for the whole");
    run(named("y*"));
    assertEquals(4, again().size(), "one without is for the name, wherever it stands");
    assertEquals("PID|2", Files.readString(again().get(1).file()));
  }

  @ParameterizedTest
  @EnumSource(Point.class)
  void whereverTheDaemonDiesTheFolderIsKept(Point where) throws Exception {
    dead("a/b/x.hl7", "PID|1");
    Replay dies =
        replay(
            point -> {
              if (point == where) {
                throw new Death();
              }
            });
    assertThrows(Death.class, () -> dies.run(DEAD, ROOT, this::take));
    repeating(point -> {}).finish();
    if (where == Point.PREPARED) {
      assertEquals(List.of(), folders.spool.list(State.AGAIN));
      run(DEAD);
    }
    assertEquals(List.of("a/b/x.hl7"), paths());
    assertEquals("PID|1", Files.readString(again().get(0).file()));
  }

  @Test
  void whatWasAdmittedBeforeTheCrashIsNotAdmittedAgainWhereverItWentSince() throws Exception {
    dead("a.hl7", "PID|1");
    Replay dies =
        replay(
            point -> {
              if (point == Point.ADMITTED) {
                throw new Death();
              }
            });
    assertThrows(Death.class, () -> dies.run(DEAD, ROOT, this::take));
    folders.spool.remove(again().get(0));
    repeating(point -> {}).finish();
    assertEquals(List.of(), folders.spool.list(State.AGAIN));
    assertEquals(List.of(), folders.dead.list());
  }

  @Test
  void aLetterThatSomebodySentBackIsLeftAlone() throws Exception {
    FileId id = dead("a.hl7", "PID|1");
    home.drain(Addresses.dead(flux));
    run(DEAD);
    assertTrue(answers.get(0).problem().orElseThrow().contains("its letter is not in"));
    assertEquals(List.of(), folders.spool.list(State.AGAIN));
    assertEquals(
        Optional.empty(), Arrived.parse(id, folders.dead.read(id).orElseThrow()).replayedAs());
  }

  @Test
  void aLetterIsNotMadeAnewForWhatIsAboutToLeaveTheDead() throws Exception {
    dead("a.hl7", "PID|1");
    Replay dies =
        replay(
            point -> {
              if (point == Point.TAKEN) {
                throw new Death();
              }
            });
    assertThrows(Death.class, () -> dies.run(DEAD, ROOT, this::take));
    Executor now = Runnable::run;
    Resending resending =
        new Resending(
            new Resending.Parts(
                folders.arrived,
                folders.dead,
                new DeadLetters(flux, Home.ONE_WORKER),
                Set::of,
                era -> OlderFiles.of(folders.spool, folders.cargo(), era),
                folders.log),
            connection,
            "another era",
            now,
            Duration.ofMinutes(1));
    assertFalse(resending.attempt());
    assertEquals(0, letters());
  }

  @Test
  void aReplayOfAReplayRemembersTheFirst() throws Exception {
    FileId first = archived("a.hl7", "PID|1");
    run(order(false, first, null, null, null));
    Entry second = again().get(0);
    folders.archive().keep(second.file(), second.id(), second.name());
    folders.spool.removeFolder(second);
    run(order(false, second.id(), null, null, null));
    assertEquals(Optional.of(first), again().get(0).related());
  }

  @Test
  void contentThatIsGoneIsNamedAndKeepsNoOther() throws Exception {
    FileId gone = dead("gone", "x");
    dead("there", "y");
    Files.delete(folders.archive().place(gone, FileName.of("gone")));
    run(DEAD);
    assertTrue(answers.get(0).problem().orElseThrow().contains("not in the archive any more"));
    assertEquals("gone", answers.get(0).name());
    assertEquals(List.of("there"), names());
    assertEquals(List.of(gone), folders.dead.list());
  }

  // --- from the archive ---

  @Test
  void aGlobTakesNamesFromTheArchiveInOrderOfDeposit() throws Exception {
    archived("b.hl7", "1");
    archived("x.csv", "2");
    archived("a.hl7", "3");
    String tooLong = "a".repeat(240) + ".hl7";
    archived(tooLong, "4");
    run(named("*.hl7"));
    assertEquals(List.of("b.hl7", "a.hl7", tooLong), names());
    assertEquals(List.of("b.hl7", "a.hl7", tooLong), answers.stream().map(Replayed::name).toList());
  }

  @Test
  void aPeriodIsThatOfTheDeposit() throws Exception {
    archived("a", "1");
    run(order(false, null, null, "2026-11-23T12:00:01Z", null));
    run(order(false, null, null, null, "2026-11-23T12:00:00Z"));
    assertEquals(List.of(), names());
    run(order(false, null, null, "2026-11-23T12:00:00Z", "2026-11-23T12:00:01Z"));
    assertEquals(List.of("a"), names());
  }

  @Test
  void aDeadLetterThatAGlobFindsLeavesTheDead() throws Exception {
    dead("a.hl7", "1");
    run(named("a*"));
    assertEquals(List.of("a.hl7"), names());
    assertEquals(0, letters());
    assertEquals(List.of(), folders.dead.list());
  }

  @Test
  void whatIsAReplayItselfIsFoundByItsIdOnly() throws Exception {
    archived("a", "1");
    run(named("a"));
    Entry second = again().get(0);
    folders.archive().keep(second.file(), second.id(), second.name());
    folders.spool.removeFolder(second);
    answers.clear();
    run(named("a"));
    assertEquals(1, answers.size());
    assertEquals(1, again().size());
  }

  @Test
  void whatIsUnderWayIsNotReplayed() throws Exception {
    FileId id = archived("a", "1");
    folders.arrived.write(id, "arrived");
    Entry claimed = folders.claimed("b", "2");
    run(named("*"));
    run(order(false, claimed.id(), null, null, null));
    assertTrue(answers.get(0).problem().orElseThrow().contains("outcome has not come"));
    assertTrue(answers.get(1).problem().orElseThrow().contains("no worker has it yet"));
    assertEquals(List.of(), names());
  }

  @Test
  void aFileThatIsNowhereIsSaidToBe() throws Exception {
    run(order(false, ids.next(), null, null, null));
    assertTrue(answers.get(0).problem().orElseThrow().contains("nor in the archive"));
  }

  @Test
  void whatACrashLeftPreparedFromTheArchiveIsThrownAway() throws Exception {
    archived("a", "1");
    Replay dies =
        replay(
            point -> {
              throw new Death();
            });
    assertThrows(Death.class, () -> dies.run(named("a"), ROOT, this::take));
    assertEquals(1, folders.spool.list(State.AGAIN).size());
    assertEquals(List.of(), again());
    repeating(point -> {}).finish();
    assertEquals(List.of(), folders.spool.list(State.AGAIN));
  }

  @Test
  void whatAReplayItselfBringsIntoTheArchiveIsNotMeant() throws Exception {
    archived("a", "1");
    Replay replay = replay(point -> {});
    // Today's folder is there, and is read after that of the deposit's day.
    FileId today = ids.next();
    Path late = Files.writeString(folders.inbox.resolve("late"), "2");
    folders.archive().keep(late, today, FileName.of("late"));
    replay.run(
        named("*"),
        ROOT,
        item -> {
          take(item);
          if (item instanceof Replayed done && done.name().equals("a")) {
            Entry copy = copyOf("a");
            folders.archive().keep(copy.file(), copy.id(), copy.name());
          }
        });
    assertEquals(List.of("a", "late"), answers.stream().map(Replayed::name).toList());
  }

  private Entry copyOf(String name) throws IOException {
    for (Path own : folders.spool.list(State.AGAIN)) {
      Optional<Entry> entry = folders.spool.entry(own);
      if (entry.isPresent() && entry.get().name().toString().equals(name)) {
        return entry.get();
      }
    }
    throw new AssertionError("no copy of " + name);
  }

  @Test
  void aDeadLetterWhoseRecordIsDamagedKeepsNoOther() throws Exception {
    FileId damaged = dead("a", "1");
    dead("b", "2");
    folders.dead.write(damaged, "arrived name=a by");
    run(DEAD);
    assertTrue(answers.get(0).problem().orElseThrow().contains("is damaged"), answers::toString);
    assertEquals(List.of("b"), names());
    assertEquals(1, letters());
  }

  // --- the whole ---

  @Test
  void somebodyOnAnotherMachineIsRefusedMoreThanHeCanHearOf() throws Exception {
    archived("a", "1");
    archived("b", "2");
    Asker there = new Asker("front1", false);
    replay(point -> {}).run(named("*"), there, this::take);
    assertEquals(List.of("a", "b"), names());
    archived("c", "3");
    Replay replay = replay(point -> {});
    Refusal refusal = assertThrows(Refusal.class, () -> replay.run(named("*"), there, this::take));
    assertTrue(refusal.getMessage().startsWith("3 files match, and 2 at once"));
    assertEquals(2, again().size(), "nothing was begun");
    replay.run(named("*"), ROOT, this::take);
    assertEquals(5, again().size());
  }

  @Test
  void twoAtOnceAreRefused() throws Exception {
    archived("a", "1");
    Replay replay = replay(point -> {});
    List<String> refused = new ArrayList<>();
    Reply asksAgain =
        item -> {
          Refusal refusal =
              assertThrows(Refusal.class, () -> replay.run(named("a"), CRON, this::take));
          refused.add(refusal.getMessage());
        };
    replay.run(named("a"), ROOT, asksAgain);
    assertTrue(refused.get(0).contains("by root"), refused::toString);
    assertEquals(1, again().size());
    replay.run(named("a"), CRON, this::take);
    assertEquals(2, again().size());
  }

  @Test
  void aDiskWithoutRoomEndsItBeforeTheFileThatHasNone() throws Exception {
    archived("a", "1");
    archived("b", "22222222");
    room = 5;
    Refusal refusal = assertThrows(Refusal.class, () -> run(named("*")));
    assertTrue(refusal.getMessage().contains("no room"), refusal::getMessage);
    assertEquals(List.of("a"), names());
  }

  @Test
  void aDryRunTellsAllAndDoesNothing() throws Exception {
    dead("a", "1");
    archived("b", "2");
    replay(point -> {}).show(named("*"), this::take);
    assertEquals(List.of("a", "b"), answers.stream().map(Replayed::name).toList());
    assertEquals(List.of(), folders.spool.list(State.AGAIN));
    assertEquals(1, letters());
  }
}
