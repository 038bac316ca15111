package fr.epiconcept.navette.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.carry.Cargo.Judgement;
import fr.epiconcept.navette.broker.carry.Memory;
import fr.epiconcept.navette.broker.carry.Memory.Note;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.flux.view.Held;
import fr.epiconcept.navette.flux.view.Listing;
import fr.epiconcept.navette.flux.view.Selection;
import fr.epiconcept.navette.flux.view.Selection.Part;
import fr.epiconcept.navette.flux.view.Waiting;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestViewTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final String NOBODY = "no daemon answers that would take it";

  @TempDir Path root;
  private FluxFolders folders;
  private final Heard heard = new Heard();

  /** Keeps what a listing is told. */
  private static final class Heard implements Listing {
    private final List<Waiting> files = new ArrayList<>();
    private final List<String> unseen = new ArrayList<>();

    @Override
    public void waiting(Waiting file) {
      files.add(file);
    }

    @Override
    public void unseen(FluxName flux, String why) {
      unseen.add(flux + ": " + why);
    }

    private Waiting only() {
      assertEquals(1, files.size(), files::toString);
      return files.get(0);
    }

    private List<String> lines() {
      return files.stream().map(file -> file.place() + " " + file.name()).toList();
    }
  }

  @BeforeEach
  void lay() throws IOException {
    folders = new FluxFolders(root, LABO);
  }

  @AfterEach
  void close() {
    folders.close();
  }

  private IngestView view() {
    return IngestView.of(LABO, folders.section(Optional.empty(), Duration.ofMinutes(1)));
  }

  private IngestView view(Memory memory) {
    return view(memory, id -> false);
  }

  private IngestView view(Memory memory, Predicate<FileId> sentBack) {
    return IngestView.of(
        LABO,
        folders.section(Optional.empty(), Duration.ofMinutes(1)),
        memory,
        Optional.empty(),
        sentBack,
        Optional.empty());
  }

  private static Selection everything() {
    return Selection.all(Instant.EPOCH);
  }

  private Entry published(String name) throws IOException {
    Entry entry = folders.claimed(name, "content of " + name);
    folders.spool.become(entry, State.PUBLISHED);
    return folders.spool.find(entry.id()).orElseThrow();
  }

  private FileId arrived(String name) throws IOException {
    Entry entry = published(name);
    new Archive(folders.archive(), folders.spool, folders.arrived, folders.log, Checkpoint.NONE)
        .take(List.of(entry.id()), "era");
    return entry.id();
  }

  private Arrived record(FileId id) throws IOException {
    return Arrived.parse(id, folders.arrived.read(id).orElseThrow());
  }

  private FileId dead(String name, String reason) throws IOException {
    FileId id = arrived(name);
    folders.dead.write(id, record(id).givenUp(reason).spelled());
    folders.arrived.remove(id);
    return id;
  }

  private FileId quarantined(String name, Judgement.Refused why) throws IOException {
    Entry entry = folders.claimed(name, "bad");
    KeptFolder kept = new KeptFolder(folders.quarantineFolder, ZoneId.systemDefault());
    new Quarantine(kept, folders.spool, folders.ledger, folders.log, Checkpoint.NONE)
        .take(entry, why);
    return entry.id();
  }

  @Test
  void everyPlaceIsListedTheFarthestFirst() throws IOException {
    arrived("arrived");
    dead("dead", "the script answered 3");
    published("published");
    folders.claimed("claimed", "1");
    Entry again = folders.claimed("again", "2");
    folders.spool.become(again, State.AGAIN);
    quarantined("refused", new Judgement.Refused("the check answered 1", "output"));
    Files.writeString(folders.inbox.resolve("deposited"), "3");
    view().list(everything(), heard);
    assertEquals(
        List.of(
            "PROCESSING arrived",
            "QUEUE published",
            "SPOOL again",
            "SPOOL claimed",
            "INBOX deposited",
            "DEAD dead",
            "QUARANTINE refused"),
        heard.lines());
    assertEquals(List.of(), heard.unseen);
  }

  @Test
  void aFileHasItsIdItsSizeItsPathAndItsReason() throws IOException {
    Entry entry = folders.claimed("a.hl7", "12345");
    view().list(everything(), heard);
    Waiting file = heard.only();
    assertEquals(Optional.of(entry.id()), file.id());
    assertEquals(5, file.bytes());
    assertEquals(Optional.of(entry.file().toString()), file.path());
    assertEquals(entry.id().time(), file.since());
    assertEquals(NOBODY, file.why());
  }

  @Test
  void aDeadLetterSaysWhy() throws IOException {
    dead("a", "the script answered 3\nof course");
    view().list(everything(), heard);
    assertEquals("the script answered 3\\nof course", heard.only().why());
  }

  @Test
  void aDeadLetterOfAnEarlierVersionIsListedWithoutItsReason() throws IOException {
    FileId id = arrived("a");
    folders.dead.write(id, record(id).spelled());
    folders.arrived.remove(id);
    view().list(everything(), heard);
    assertEquals("given up; the reason stands in the log", heard.only().why());
  }

  @Test
  void aDeadLetterThatWasSentBackWaitsInTheQueue() throws IOException {
    FileId back = dead("back", "the script answered 3");
    dead("dead", "the script answered 4");
    IngestView view = view(Memory.none("none"), back::equals);
    view.list(everything(), heard);
    assertEquals(List.of("QUEUE back", "DEAD dead"), heard.lines());
    assertTrue(heard.files.get(0).why().startsWith("a dead letter that was sent back"));
    heard.files.clear();
    view.list(everything().in(Set.of(Place.QUEUE)), heard);
    assertEquals(List.of("QUEUE back"), heard.lines());
    heard.files.clear();
    view.list(everything().in(Set.of(Place.DEAD)), heard);
    assertEquals(List.of("DEAD dead"), heard.lines());
  }

  @Test
  void aLetterIsSentBackWhereOnlyAQueueOfTheLivingHasIt() {
    FileId letter = folders.newId();
    FileId queued = folders.newId();
    FileId ending = folders.newId();
    FileId gone = folders.newId();
    List<String> read = new ArrayList<>();
    SentBack sentBack =
        new SentBack(
            LABO,
            queue -> {
              read.add(queue);
              return switch (queue) {
                case "flux.labo.dead" -> Set.of(letter);
                case "flux.labo" -> Set.of(queued);
                default -> Set.of(ending);
              };
            });
    assertFalse(sentBack.test(letter));
    assertEquals(List.of("flux.labo.dead"), read, "a backlog is not read for nothing");
    assertTrue(sentBack.test(queued));
    assertTrue(sentBack.test(ending));
    assertFalse(sentBack.test(gone));
    assertEquals(3, read.size());
    assertFalse(
        new SentBack(
                LABO,
                queue -> {
                  throw new IOException("the broker has no queue");
                })
            .test(queued));
  }

  @Test
  void quarantineTellsTheSubFolderInWhichTheFileStood() throws IOException {
    quarantined("a/b/x.hl7", new Judgement.Refused("the check answered 1", "output"));
    view().list(everything(), heard);
    Waiting file =
        heard.files.stream().filter(each -> each.place() == Place.QUARANTINE).findFirst().get();
    assertEquals("a/b/x.hl7", file.name());
    assertTrue(file.path().orElseThrow().endsWith("/a/b/x.hl7"), file::toString);
  }

  @Test
  void quarantineTellsTheReasonAndTheNameWhateverTheCheckPrinted() throws IOException {
    FileId id =
        quarantined("a b\u00e9.hl7", new Judgement.Refused("the check answered 1", "\n\u0001?\n"));
    view().list(everything(), heard);
    Waiting file = heard.only();
    assertEquals("the check answered 1", file.why());
    assertEquals("a b\u00e9.hl7", file.name());
    assertEquals(Optional.of(id), file.id());
  }

  @Test
  void aReasonIsReadThoughTheCheckPrintedBytesThatAreNoText() throws IOException {
    FileId id = quarantined("a", new Judgement.Refused("the check answered 1", "output"));
    try (Stream<Path> files = Files.walk(folders.quarantineFolder)) {
      Path reason = files.filter(each -> each.endsWith(id + ".reason.txt")).findFirst().get();
      byte[] more = {'\n', (byte) 0xe9, (byte) 0xff, '\n'};
      Files.write(reason, more, StandardOpenOption.APPEND);
    }
    view().list(everything(), heard);
    assertEquals("the check answered 1", heard.only().why());
  }

  @Test
  void aFolderInQuarantineIsListedWithTheFileInIt() throws IOException {
    FileId id = folders.newId();
    Path day = folders.quarantineFolder.resolve(FluxFolders.DAY);
    Path own = Files.createDirectories(day.resolve(id.value()));
    view().list(everything(), heard);
    assertEquals(List.of(), heard.files, "an empty one is of a file that was taken out");
    Files.writeString(own.resolve("a name that is too long beside an id"), "12345");
    Files.writeString(day.resolve(id + ".reason.txt"), "flux-file: a%20b\nreason: no\n");
    view().list(everything(), heard);
    assertEquals("a b", heard.only().name());
    assertEquals(5, heard.only().bytes());
    assertTrue(heard.only().path().orElseThrow().startsWith(own.toString()));
  }

  @Test
  void aFileThatArrivesWhileTheSpoolIsListedIsNotMissed() throws IOException {
    Entry first = published("first");
    Entry second = published("second");
    Listing daemonAtWork =
        new Listing() {
          @Override
          public void waiting(Waiting file) throws IOException {
            heard.waiting(file);
            if (file.id().equals(Optional.of(first.id()))) {
              new Archive(
                      folders.archive(),
                      folders.spool,
                      folders.arrived,
                      folders.log,
                      Checkpoint.NONE)
                  .take(List.of(second.id()), "era");
            }
          }

          @Override
          public void unseen(FluxName flux, String why) {
            heard.unseen(flux, why);
          }
        };
    view().list(everything(), daemonAtWork);
    assertEquals(List.of("QUEUE first", "PROCESSING second"), heard.lines());
  }

  @Test
  void whatSomebodyTookOutOfQuarantineIsNotListed() throws IOException {
    quarantined("a", new Judgement.Refused("no", ""));
    try (Stream<Path> files = Files.walk(folders.quarantineFolder)) {
      for (Path file : files.filter(each -> each.toString().endsWith("-a")).toList()) {
        Files.delete(file);
      }
    }
    view().list(everything(), heard);
    assertEquals(List.of(), heard.files);
  }

  @Test
  void ofQuarantineOnlyThePeriodAskedForIsListed() throws IOException {
    FileId id = quarantined("a", new Judgement.Refused("no", ""));
    view().list(Selection.all(id.time().plusMillis(1)), heard);
    assertEquals(List.of(), heard.files);
    view().list(Selection.all(id.time()), heard);
    assertEquals("no", heard.only().why());
  }

  @Test
  void oneFileIsFoundByItsIdHoweverOld() throws IOException {
    FileId dead = dead("dead", "no");
    FileId refused = quarantined("refused", new Judgement.Refused("no", ""));
    Entry claimed = folders.claimed("claimed", "1");
    Files.writeString(folders.inbox.resolve("deposited"), "3");
    Selection late = Selection.all(Instant.MAX);
    view().list(late.of(dead), heard);
    view().list(late.of(refused), heard);
    view().list(late.of(claimed.id()), heard);
    assertEquals(List.of("DEAD dead", "QUARANTINE refused", "SPOOL claimed"), heard.lines());
  }

  @Test
  void onlyThePlacesAskedForAreListed() throws IOException {
    published("published");
    folders.claimed("claimed", "1");
    view().list(everything().in(Set.of(Place.SPOOL)), heard);
    assertEquals(List.of("SPOOL claimed"), heard.lines());
    view().list(everything().of(Part.ANSWERS), heard);
    assertEquals(1, heard.files.size());
  }

  @Test
  void theReasonThatTheDaemonRemembersIsBetterThanTheDisks() throws IOException {
    Files.writeString(folders.inbox.resolve("known"), "1");
    Files.writeString(folders.inbox.resolve("fresh"), "1");
    Files.writeString(folders.inbox.resolve("other.tmp"), "1");
    folders.claimed("claimed", "1");
    Instant next = Instant.parse("2026-11-23T12:00:10Z");
    Memory memory =
        new Memory() {
          @Override
          public Optional<Note> known(TreeName name) {
            return name.equals(TreeName.decode("known"))
                ? Optional.of(new Note("it may still grow"))
                : Optional.empty();
          }

          @Override
          public Note complete() {
            return new Note("taken next");
          }

          @Override
          public Note unsent(FileId id) {
            return new Note("the check says so (exit 75)", Optional.of(next));
          }
        };
    view(memory).list(everything(), heard);
    assertEquals(
        Set.of(
            "known it may still grow",
            "fresh taken next",
            "other.tmp ignored by the pattern *.tmp",
            "claimed the check says so (exit 75)"),
        Set.copyOf(heard.files.stream().map(file -> file.name() + " " + file.why()).toList()));
    assertEquals(Optional.of(next), heard.files.get(0).next());
  }

  @Test
  void whatWaitsInTheQueueOfAHeldFluxIsHeld() throws IOException {
    published("published");
    folders.claimed("claimed", "1");
    Held held =
        new Held(
            LABO,
            Side.INGEST,
            Instant.parse("2026-11-23T08:00:00Z"),
            Optional.of("alice"),
            "inventory",
            Optional.empty());
    IngestView view =
        IngestView.of(
            LABO,
            folders.section(Optional.empty(), Duration.ofMinutes(1)),
            Optional.empty(),
            Optional.of(held));
    view.list(everything(), heard);
    assertEquals(List.of("HELD published", "SPOOL claimed"), heard.lines());
    assertEquals("the flux is held: inventory (alice)", heard.files.get(0).why());
    view.list(everything().in(Set.of(Place.HELD)), heard);
    assertEquals(3, heard.files.size());
    view.list(everything().in(Set.of(Place.QUEUE)), heard);
    assertEquals(3, heard.files.size());
  }

  @Test
  void aFileThatIsCaughtBetweenTwoPlacesIsListedOnce() throws IOException {
    // A crash between the record and the move to the archive leaves both.
    Entry entry = published("a");
    FileId id = arrived("b");
    folders.arrived.write(entry.id(), record(id).spelled());
    view().list(everything().of(entry.id()), heard);
    assertEquals(Place.PROCESSING, heard.only().place());
  }

  @Test
  void aFileThatGoesOnWhileItIsListedIsNotMissed() throws IOException {
    Entry first = folders.claimed("first", "1");
    Entry second = folders.claimed("second", "2");
    Listing daemonAtWork =
        new Listing() {
          @Override
          public void waiting(Waiting file) throws IOException {
            heard.waiting(file);
            if (file.id().equals(Optional.of(first.id()))) {
              folders.spool.become(second, State.PUBLISHED);
            }
          }

          @Override
          public void unseen(FluxName flux, String why) {
            heard.unseen(flux, why);
          }
        };
    view().list(everything(), daemonAtWork);
    assertEquals(List.of("SPOOL first", "QUEUE second"), heard.lines());
  }

  @Test
  void aFileThatIsClaimedAfterItWasListedIsNotListedTwice() throws IOException {
    Files.writeString(folders.inbox.resolve("a"), "1");
    Files.writeString(folders.inbox.resolve("b"), "1");
    Listing daemonAtWork =
        new Listing() {
          @Override
          public void waiting(Waiting file) throws IOException {
            heard.waiting(file);
            for (String name : List.of("a", "b")) {
              if (Files.exists(folders.inbox.resolve(name))) {
                folders.claim(FileName.of(name));
              }
            }
          }

          @Override
          public void unseen(FluxName flux, String why) {
            heard.unseen(flux, why);
          }
        };
    view().list(everything(), daemonAtWork);
    assertEquals(List.of("a", "b"), heard.files.stream().map(Waiting::name).sorted().toList());
  }

  @Test
  void aClaimThatACrashLeftInTheInboxIsListed() throws IOException {
    FileId id = folders.newId();
    Path own = Files.createDirectories(folders.inbox.resolve(".navette").resolve(id.value()));
    Files.writeString(own.resolve("a"), "1");
    view().list(everything(), heard);
    assertEquals(Place.SPOOL, heard.only().place());
    assertEquals(Optional.of(id), heard.only().id());
  }

  @Test
  void whatCannotBeLookedAtIsToldAndTheRestIsListed() throws IOException {
    folders.claimed("claimed", "1");
    folders.dead.write(folders.newId(), "damaged");
    Files.delete(folders.inbox);
    view().list(everything(), heard);
    assertEquals(List.of("SPOOL claimed"), heard.lines());
    assertEquals(2, heard.unseen.size(), heard.unseen::toString);
    assertTrue(heard.unseen.get(0).contains(folders.inbox.toString()), heard.unseen::toString);
  }

  @Test
  void namesAreSpelledForPeople() throws IOException {
    byte[] bytes = {'a', (byte) 0xe9, '\n', 'b'};
    Files.write(FileName.of(bytes).in(folders.inbox), "1".getBytes(StandardCharsets.UTF_8));
    view().list(everything(), heard);
    assertEquals("a\\xE9\\nb", heard.only().name());
    assertTrue(heard.only().path().orElseThrow().endsWith("/a\\xE9\\nb"));
  }

  @Test
  void nothingIsMade() throws IOException {
    Path nowhere = root.resolve("nowhere");
    FluxFolders other = new FluxFolders(nowhere, LABO);
    IngestView view = IngestView.of(LABO, other.section(Optional.empty(), Duration.ofMinutes(1)));
    other.close();
    for (String folder : List.of("spool", "inbox", "quarantine")) {
      deleteAll(nowhere.resolve(folder));
    }
    view.list(everything(), heard);
    assertEquals(List.of(), heard.files);
    assertFalse(Files.exists(nowhere.resolve("spool")));
    assertFalse(Files.exists(nowhere.resolve("quarantine")));
  }

  private static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(each);
      }
    }
  }

  @Test
  void manyFilesAreListedAsTheyAreFound() throws IOException {
    int many = 2_000;
    for (int n = 0; n < many; n++) {
      Path own =
          Files.createDirectory(root.resolve("spool/claimed").resolve(folders.newId().value()));
      Files.createFile(own.resolve("f" + n));
      Files.createFile(folders.inbox.resolve("i" + n));
    }
    int[] count = new int[1];
    FileId[] last = new FileId[1];
    Listing counting =
        new Listing() {
          @Override
          public void waiting(Waiting file) {
            count[0]++;
            file.id()
                .ifPresent(
                    id -> {
                      assertTrue(last[0] == null || last[0].compareTo(id) < 0, "in order");
                      last[0] = id;
                    });
          }

          @Override
          public void unseen(FluxName flux, String why) {
            throw new AssertionError(why);
          }
        };
    Selection waiting =
        everything().in(EnumSet.complementOf(EnumSet.of(Place.QUARANTINE, Place.DEAD)));
    assertTimeout(Duration.ofSeconds(20), () -> view().list(waiting, counting));
    assertEquals(2 * many, count[0]);
  }
}
