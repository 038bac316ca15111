package fr.epiconcept.navette.flux.inbox;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.ReadyRules.EmptyFile;
import fr.epiconcept.navette.flux.config.ReadyRules.Marker;
import fr.epiconcept.navette.flux.config.ReadyRules.Order;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.Hashing;
import fr.epiconcept.navette.flux.inbox.Inbox.Found;
import fr.epiconcept.navette.flux.inbox.Inbox.Look;
import fr.epiconcept.navette.flux.inbox.Inbox.Waiting;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class InboxTest {
  private static final FileName A = FileName.of("a.hl7");
  private static final FileName B = FileName.of("b.hl7");
  private static final FileName C = FileName.of("c.hl7");
  private static final Duration QUIET = Duration.ofMillis(500);
  private static final Duration SETTLE = Duration.ofSeconds(2);

  @TempDir Path root;
  private Path folder;
  private long now = 7_000_000_000L;
  private int woken;
  private Inbox inbox;

  @BeforeEach
  void emptyFolder() throws IOException {
    folder = Files.createDirectory(root.resolve("inbox"));
    inbox = inbox(rules().build());
    lookNames();
  }

  // --- who is done ---

  @Test
  void aFileThatIsStillWrittenWaitsForItsWriterHoweverLong() throws IOException {
    try (OutputStream writer = Files.newOutputStream(A.in(folder))) {
      writer.write('x');
      inbox.opened(A);

      assertNotYet("its writer has not closed it", Duration.ofSeconds(1));
      passes(Duration.ofHours(3));
      assertNotYet("its writer has not closed it", Duration.ofSeconds(30));
    }
  }

  @Test
  void aClosedFileIsReadyAfterTheQuietWindow() throws IOException {
    write(A);
    inbox.opened(A);
    inbox.closed(A);

    assertNotYet("it may still grow", QUIET);
    passes(QUIET.minusNanos(1));
    assertNotYet("it may still grow", Duration.ofNanos(1));
    passes(Duration.ofNanos(1));

    assertEquals(List.of("a.hl7"), lookNames());
    assertEquals(List.of(), inbox.waiting(), "what is ready is the caller's");
  }

  @Test
  void theQuietWindowBeginsAnewWithEachClose() throws IOException {
    write(A);
    inbox.closed(A);
    look();
    passes(Duration.ofMillis(400));
    inbox.closed(A);

    passes(Duration.ofMillis(400));
    assertEquals(List.of(), lookNames());
    passes(Duration.ofMillis(100));
    assertEquals(List.of("a.hl7"), lookNames());
  }

  @Test
  void aChangeThatNoEventToldBeginsTheQuietWindowAnew() throws IOException {
    write(A);
    inbox.closed(A);
    look();
    passes(QUIET);
    Files.writeString(A.in(folder), "more", StandardOpenOption.APPEND);

    assertEquals(List.of(), lookNames());
    passes(QUIET);
    assertEquals(List.of("a.hl7"), lookNames());
  }

  @Test
  void aFileWhoseMtimeLiesInTheFutureOrThePastWaitsNoLongerAndNoShorter() throws IOException {
    write(A);
    write(B);
    Files.setLastModifiedTime(A.in(folder), FileTime.from(Instant.parse("2071-01-01T00:00:00Z")));
    Files.setLastModifiedTime(B.in(folder), FileTime.from(Instant.parse("1971-01-01T00:00:00Z")));
    inbox.closed(A);
    inbox.closed(B);

    assertEquals(List.of(), lookNames());
    passes(QUIET);
    assertEquals(List.of("a.hl7", "b.hl7"), lookNames());
  }

  @Test
  void aFileRenamedIntoPlaceIsReadyAtOnce() throws IOException {
    write(A);
    inbox.movedIn(A);

    Look look = look();

    assertEquals("moved", look.found().get(0).how());
    assertEquals(List.of("a.hl7"), names(look));
  }

  @Test
  void aFileThatNoEventToldIsWatchedForTwoSeconds() throws IOException {
    write(A);
    inbox.listAll();

    assertNotYet("it may still grow", SETTLE);
    passes(SETTLE.minusNanos(1));
    assertEquals(List.of(), lookNames());
    passes(Duration.ofNanos(1));

    Look look = look();
    assertEquals(List.of("a.hl7"), names(look));
    assertEquals("found", look.found().get(0).how());
  }

  @Test
  void aLongQuietWindowHoldsForWhatIsFoundToo() throws IOException {
    inbox = inbox(rules().quiet(Duration.ofSeconds(10)).build());
    write(A);

    assertNotYet("it may still grow", Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @ValueSource(strings = {"closed", "found"})
  void withoutAQuietWindowAFileIsReadyAtOnce(String how) throws IOException {
    inbox = inbox(rules().quiet(Duration.ZERO).build());
    lookNames();
    write(A);
    if (how.equals("closed")) {
      inbox.closed(A);
    } else {
      inbox.listAll();
    }

    assertEquals(List.of("a.hl7"), lookNames());
  }

  /** OpenSSH's SFTP server renames by link and unlink: no close follows the new name. */
  @Test
  void aFileRenamedByLinkAndUnlinkIsReadyThoughNobodyClosesIt() throws IOException {
    FileName temporary = FileName.of("a.hl7.part");
    write(temporary);
    Files.createLink(A.in(folder), temporary.in(folder));
    Files.delete(temporary.in(folder));
    inbox.opened(A);
    inbox.left(temporary);

    assertEquals(List.of(), lookNames());
    passes(Duration.ofSeconds(1));
    assertEquals(List.of("a.hl7"), lookNames());
  }

  @Test
  void aHardLinkThatKeepsItsOtherNameIsReadyToo() throws IOException {
    Path elsewhere = Files.writeString(root.resolve("kept"), "content");
    Files.createLink(A.in(folder), elsewhere);
    inbox.opened(A);
    look();
    passes(Duration.ofSeconds(1));

    assertEquals(List.of("a.hl7"), lookNames());
  }

  // --- what gets lost ---

  @Test
  void whenEventsWereLostAnOpenedFileIsFoundInstead() throws IOException {
    try (OutputStream writer = Files.newOutputStream(A.in(folder))) {
      writer.write('x');
      inbox.opened(A);
      look();
      inbox.lost("overflow");
      passes(SETTLE);

      assertEquals(List.of("a.hl7"), lookNames());
    }
  }

  @Test
  void anOpenedFileIsDoubtedThoughNobodyLookedBetweenItsEventAndTheLoss() throws IOException {
    try (OutputStream writer = Files.newOutputStream(A.in(folder))) {
      writer.write('x');
      inbox.opened(A);
      inbox.lost("overflow");
      look();
      passes(SETTLE);

      assertEquals(List.of("a.hl7"), lookNames());
    }
  }

  @Test
  void whatIsOpenedAfterTheLossWaitsForItsWriter() throws IOException {
    inbox.lost("overflow");
    try (OutputStream writer = Files.newOutputStream(A.in(folder))) {
      writer.write('x');
      inbox.opened(A);
      look();
      passes(Duration.ofMinutes(5));

      assertEquals(List.of(), lookNames());
    }
  }

  @Test
  void tooManyHintsLeadToAListingAndToNoFileThatWaitsForEver() throws IOException {
    FileName last = FileName.of("last");
    write(A);
    try (OutputStream writer = Files.newOutputStream(last.in(folder))) {
      writer.write('x');
      for (int i = 1; i < 50_000; i++) {
        inbox.opened(FileName.of("gone-" + i));
      }
      inbox.opened(last);
      inbox.closed(last);
      inbox.closed(A);

      look();
      passes(SETTLE);

      assertEquals(List.of("a.hl7", "last"), lookNames().stream().sorted().toList());
    }
  }

  @Test
  void aFileThatLeftIsForgotten() throws IOException {
    write(A);
    inbox.closed(A);
    look();
    Files.delete(A.in(folder));
    inbox.left(A);

    look();
    assertEquals(List.of(), inbox.waiting());
  }

  @Test
  void aFileThatLeftWithoutAnEventIsForgottenAtTheNextLook() throws IOException {
    write(A);
    inbox.closed(A);
    look();
    Files.delete(A.in(folder));
    passes(QUIET);

    assertEquals(List.of(), lookNames());
    assertEquals(List.of(), inbox.waiting());
  }

  @Test
  void theFolderIsListedAgainWhenItsTimeComes() throws IOException {
    inbox = inbox(ReadyRules.defaults());
    look();
    write(A);
    assertEquals(List.of(), inbox.waiting());

    assertEquals(Duration.ofSeconds(30), look().lookAgain());
    passes(Duration.ofSeconds(30));
    look();

    assertEquals(List.of(new Waiting(A, "it may still grow")), inbox.waiting());
  }

  @Test
  void aFileThatAListingMissesIsForgottenThoughItIsNotDue() throws IOException {
    write(A);
    inbox.closed(A);
    look();
    Files.delete(A.in(folder));
    inbox.listAll();
    look();

    assertEquals(List.of(), inbox.waiting());
  }

  @Test
  void whatWasToldBeforeALossStillCounts() throws IOException {
    write(A);
    inbox.movedIn(A);
    inbox.lost("overflow");

    assertEquals(List.of("a.hl7"), lookNames());
  }

  @Test
  void whatWasTakenAndStandsThereStillIsFoundAgain() throws IOException {
    write(A);
    inbox.movedIn(A);
    assertEquals(List.of("a.hl7"), lookNames());
    inbox.listAllLater();
    look();
    passes(SETTLE);

    assertEquals(List.of("a.hl7"), lookNames());
  }

  @Test
  void aFolderThatIsMissingIsAFaultAndComesBack() throws IOException {
    Files.delete(folder);
    inbox.listAll();
    assertThrows(IOException.class, this::look);
    assertThrows(IOException.class, this::look, "it must not be forgotten that a listing is due");

    Files.createDirectory(folder);
    write(A);
    look();
    passes(SETTLE);
    assertEquals(List.of("a.hl7"), lookNames());
  }

  @Test
  void whatIsKnownStaysKnownWhileTheFolderCannotBeListed() throws IOException {
    write(A);
    inbox.closed(A);
    look();
    Path away = root.resolve("away");
    Files.move(folder, away);
    inbox.listAll();
    assertThrows(IOException.class, this::look);
    Files.move(away, folder);
    passes(QUIET);

    assertEquals(List.of("a.hl7"), lookNames());
  }

  // --- who is asked to look ---

  @Test
  void everyHintButThatOfAFileThatLeftAsksForALook() {
    int before = woken;
    inbox.opened(A);
    inbox.closed(A);
    inbox.movedIn(A);
    inbox.companion(TreeName.of(A));
    inbox.lost("overflow");
    inbox.folderBack();
    inbox.folderGone();
    assertEquals(before + 7, woken);

    inbox.left(A);
    inbox.listAllLater();
    assertEquals(before + 7, woken);
  }

  // --- order ---

  @Test
  void filesAreReadyInTheOrderOfTheirLastEvent() throws IOException {
    for (String name : List.of("z", "m", "a")) {
      write(FileName.of(name));
      inbox.opened(FileName.of(name));
      inbox.closed(FileName.of(name));
    }
    inbox.closed(FileName.of("m"));
    look();
    passes(QUIET);

    assertEquals(List.of("z", "a", "m"), lookNames());
  }

  @Test
  void foundFilesAreReadyInTheOrderInWhichTheyWereLastChanged() throws Exception {
    for (String name : List.of("z", "m", "a")) {
      Path file = Files.writeString(folder.resolve(name), name);
      laterThan(file);
    }
    inbox.listAll();
    look();
    passes(SETTLE);

    assertEquals(List.of("z", "m", "a"), lookNames());
  }

  @Test
  void whatComesAfterAFoundFileIsReadyAfterIt() throws IOException {
    write(B);
    inbox.listAll();
    look();
    passes(Duration.ofMillis(700));
    write(A);
    inbox.movedIn(A);

    Look held = look();
    assertEquals(List.of(), names(held), "renamed into place, and yet not before B");
    assertEquals(SETTLE.minusMillis(700), held.lookAgain());
    passes(SETTLE.minusMillis(700));
    assertEquals(List.of("b.hl7", "a.hl7"), lookNames());
  }

  /** As after a while in which the daemon stood still: the listing is quicker than the events. */
  @Test
  void eventsThatLagBehindAListingDoNotTurnTheOrderAround() throws IOException {
    for (FileName name : List.of(C, A, B)) {
      write(name);
      tick(name);
    }
    inbox.listAll();
    assertEquals(List.of(), lookNames());
    inbox.movedIn(C);
    inbox.movedIn(A);
    assertEquals(List.of("c.hl7", "a.hl7"), lookNames(), "they came before b");
    inbox.movedIn(B);
    assertEquals(List.of("b.hl7"), lookNames());
  }

  @Test
  void aFileThatWaitsForAnotherGoesAsSoonAsThatHasGoneAndBeforeWhatComesLater() throws IOException {
    write(B);
    inbox.listAll();
    look();
    write(A);
    inbox.movedIn(A);
    assertEquals(List.of(), lookNames(), "not before b");
    Files.delete(B.in(folder));
    inbox.left(B);
    write(C);
    inbox.movedIn(C);
    assertEquals(List.of("a.hl7", "c.hl7"), lookNames());
  }

  @Test
  void aFileThatTakesTheNameOfAFoundOneCameAfterIt() throws IOException {
    write(A);
    write(B);
    inbox.listAll();
    look();
    replace(A);
    inbox.movedIn(A);
    assertEquals(List.of(), lookNames(), "b was there before");
    passes(SETTLE);
    assertEquals(List.of("b.hl7", "a.hl7"), lookNames());
  }

  private void replace(FileName name) throws IOException {
    Path fresh = Files.writeString(root.resolve("fresh"), "another");
    Files.move(fresh, name.in(folder), StandardCopyOption.REPLACE_EXISTING);
  }

  /** The kernel's clock for files stands still for some milliseconds at a time. */
  private void tick(FileName before) throws IOException {
    FileTime then = FileIdentity.of(before.in(folder)).changed();
    Path probe = root.resolve("probe");
    await()
        .atMost(Duration.ofSeconds(5))
        .pollInterval(Duration.ofMillis(1))
        .until(() -> FileIdentity.of(Files.writeString(probe, "x")).changed().compareTo(then) > 0);
  }

  @Test
  void whatTheFirstListingFindsWasThereBeforeWhatEventsToldUntilThen() throws IOException {
    inbox = inbox(rules().build());
    write(A);
    write(B);
    inbox.movedIn(B);

    assertEquals(List.of(), lookNames());
    passes(SETTLE);
    assertEquals(List.of("a.hl7", "b.hl7"), lookNames());
  }

  @Test
  void aFoundFileThatGrowsOnKeepsOthersWaitingForTwoSecondsAndNoLonger() throws IOException {
    write(B);
    inbox.listAll();
    look();
    passes(SETTLE.minusMillis(1));
    Files.writeString(B.in(folder), "more", StandardOpenOption.APPEND);
    write(A);
    inbox.movedIn(A);
    assertEquals(List.of(), lookNames());

    passes(Duration.ofMillis(1));
    assertEquals(List.of("a.hl7"), lookNames());
  }

  @Test
  void whatEventsToldStandsBeforeWhatIsFound() throws IOException {
    write(A);
    write(B);
    inbox.closed(B);
    inbox.listAll();
    look();
    passes(SETTLE);

    assertEquals(List.of("b.hl7", "a.hl7"), lookNames());
  }

  // --- names ---

  @ParameterizedTest
  @ValueSource(strings = {".hidden", "a.tmp", "a.part", "a.filepart", "a.bak", ".navette"})
  void ignoredNamesAreNeverReady(String name) throws IOException {
    inbox = inbox(rules().ignore("*.bak").build());
    FileName ignored = FileName.of(name);
    write(ignored);
    inbox.movedIn(ignored);
    assertEquals(List.of(), lookNames());
    inbox.listAll();
    assertEquals(List.of(), lookNames());
    passes(Duration.ofMinutes(1));

    assertEquals(List.of(), lookNames());
    assertEquals(List.of(), inbox.waiting());
  }

  @Test
  void onlyNamesThatAPatternTakesAreReady() throws IOException {
    inbox = inbox(rules().match("*.hl7").match("[0-9]*").build());
    for (String name : List.of("a.hl7", "7.pdf", "c.pdf", "a.HL7")) {
      write(FileName.of(name));
    }
    look();
    passes(SETTLE);

    assertEquals(List.of("7.pdf", "a.hl7"), lookNames().stream().sorted().toList());
  }

  @Test
  void namesOfAnyBytesAreReady() throws IOException {
    FileName latin1 = FileName.of("r\u00e9sum\u00e9.hl7".getBytes(StandardCharsets.ISO_8859_1));
    FileName newline = FileName.of("two\nlines *?[{.hl7");
    inbox = inbox(rules().match("*.hl7").build());
    write(latin1);
    write(newline);
    look();
    passes(SETTLE);

    List<FileName> found =
        look().found().stream().map(each -> each.name().name()).sorted().toList();
    assertEquals(List.of(latin1, newline), found);
  }

  // --- what is no file ---

  @Test
  void foldersAreLeftAlone() throws IOException {
    Files.createDirectory(folder.resolve("sub"));
    inbox.opened(FileName.of("sub"));
    inbox.movedIn(FileName.of("sub"));
    assertEquals(List.of(), lookNames());
    inbox.listAll();
    assertEquals(List.of(), lookNames());
    passes(Duration.ofMinutes(1));

    assertEquals(List.of(), lookNames());
  }

  @Test
  void anEventThatComesJustAsALookBeginsIsNotOvertakenByWhatTheListingFinds() throws IOException {
    FileName first = FileName.of("2-first");
    FileName second = FileName.of("1-second");
    Inbox[] itself = new Inbox[1];
    boolean[] once = new boolean[1];
    itself[0] =
        new Inbox(
            folder,
            rules().quiet(Duration.ZERO).build(),
            () -> {
              if (itself[0] != null && !once[0]) {
                once[0] = true;
                long before = now++;
                itself[0].movedIn(first);
                return before;
              }
              return now;
            },
            () -> woken++);
    inbox = itself[0];
    inbox.listAllLater();
    write(first);
    write(second);
    Files.setLastModifiedTime(second.in(folder), FileTime.fromMillis(0));
    while (!FileIdentity.of(first.in(folder))
        .changed()
        .toInstant()
        .isBefore(FileIdentity.of(second.in(folder)).changed().toInstant())) {
      // The kernel's clock has ticks; they must not have one and the same.
      Files.setLastModifiedTime(second.in(folder), FileTime.fromMillis(0));
    }

    assertEquals(List.of("2-first", "1-second"), lookNames());
  }

  @Test
  void linksAndPipesAreReportedAndNeverOpened() throws Exception {
    Files.createSymbolicLink(folder.resolve("link"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(folder.resolve("broken"), Path.of("/nowhere"));
    Process made = new ProcessBuilder("mkfifo", folder.resolve("pipe").toString()).start();
    assertEquals(0, made.waitFor());
    inbox.listAll();

    List<Found> found = assertTimeout(Duration.ofSeconds(5), () -> look().found());

    assertEquals(
        List.of("broken: a symbolic link", "link: a symbolic link", "pipe: a named pipe"),
        found.stream().map(InboxTest::kind).sorted().toList());
  }

  private static String kind(Found found) {
    Verdict.NoRegularFile verdict =
        assertInstanceOf(Verdict.NoRegularFile.class, found.verdict(), found.toString());
    return found.name() + ": " + verdict.kind();
  }

  // --- empty files ---

  @ParameterizedTest
  @EnumSource(
      value = EmptyFile.class,
      names = {"ACCEPT", "QUARANTINE"})
  void anEmptyFileIsReadyLikeAnyOther(EmptyFile empty) throws IOException {
    inbox = inbox(rules().empty(empty).build());
    Files.createFile(A.in(folder));
    look();
    passes(SETTLE);

    assertEquals(List.of("a.hl7"), lookNames());
  }

  @Test
  void anEmptyFileWaitsUntilItHasGrownIfTheFluxWantsThat() throws IOException {
    inbox = inbox(rules().empty(EmptyFile.WAIT).build());
    look();
    Files.createFile(A.in(folder));
    inbox.closed(A);
    look();
    passes(QUIET);
    assertNotYet("empty", Duration.ofSeconds(30));

    write(A);
    inbox.closed(A);
    look();
    passes(QUIET);
    assertEquals(List.of("a.hl7"), lookNames());
  }

  // --- markers ---

  @ParameterizedTest
  @EnumSource(
      value = Marker.class,
      names = {"OK_FOLDER", "OK_SUFFIX"})
  void aFileWaitsForItsMarker(Marker kind) throws IOException {
    inbox = inbox(rules().marker(kind).build());
    Files.createDirectory(folder.resolve(".ok"));
    write(A);
    inbox.closed(A);
    look();
    passes(QUIET);
    assertNotYet("its marker is not there", Duration.ofSeconds(30));

    Path marker =
        kind == Marker.OK_FOLDER ? folder.resolve(".ok/a.hl7") : folder.resolve("a.hl7.ok");
    Files.createFile(marker);
    markerAppears(kind);

    assertEquals(List.of("a.hl7"), lookNames());
    assertEquals(List.of(marker), inbox.companionsOf(A));
  }

  private void markerAppears(Marker kind) {
    if (kind == Marker.OK_FOLDER) {
      new MarkerWatch(inbox).closed(A);
    } else {
      inbox.closed(FileName.of("a.hl7.ok"));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Marker.class,
      names = {"OK_FOLDER", "OK_SUFFIX"})
  void aMarkerThatWasThereFirstDoesNotShortenTheQuietWindow(Marker kind) throws IOException {
    inbox = inbox(rules().marker(kind).build());
    Files.createDirectory(folder.resolve(".ok"));
    Files.createFile(folder.resolve(kind == Marker.OK_FOLDER ? ".ok/a.hl7" : "a.hl7.ok"));
    look();
    write(A);
    inbox.closed(A);
    markerAppears(kind);

    assertNotYet("it may still grow", QUIET);
  }

  @Test
  void markersAndHashesAreNoDeposits() throws IOException {
    inbox = inbox(rules().marker(Marker.OK_SUFFIX).hash().build());
    Files.createFile(folder.resolve("a.hl7.ok"));
    Files.createFile(folder.resolve("a.hl7.sha256"));
    look();
    passes(Duration.ofMinutes(1));

    assertEquals(List.of(), lookNames());
    assertEquals(List.of(), inbox.waiting());
  }

  @Test
  void whereNoMarkerIsAskedForAnOkFileIsADeposit() throws IOException {
    Files.createFile(folder.resolve("a.hl7.ok"));
    inbox.movedIn(FileName.of("a.hl7.ok"));

    assertEquals(List.of("a.hl7.ok"), lookNames());
  }

  @Test
  void aLinkIsNoMarker() throws IOException {
    inbox = inbox(rules().marker(Marker.OK_SUFFIX).build());
    write(A);
    Files.createSymbolicLink(folder.resolve("a.hl7.ok"), A.in(folder));
    look();
    passes(SETTLE);

    assertNotYet("its marker is not there", Duration.ofSeconds(30));
  }

  @Test
  void aNameTooLongForAMarkerSaysSo() throws IOException {
    inbox = inbox(rules().marker(Marker.OK_SUFFIX).build());
    write(FileName.of("n".repeat(253)));
    look();
    passes(SETTLE);

    assertNotYet("its name is too long to have a marker", Duration.ofSeconds(30));
  }

  // --- hashes ---

  @Test
  void aFileWaitsForItsHashAndIsReadyWhenThatAgrees() throws IOException {
    inbox = inbox(rules().hash().build());
    write(A);
    inbox.closed(A);
    look();
    passes(QUIET);
    assertNotYet("its .sha256 is not there", Duration.ofSeconds(30));

    writeHash(A.in(folder));
    inbox.closed(FileName.of("a.hl7.sha256"));

    assertEquals(List.of("a.hl7"), lookNames());
    assertEquals(List.of(folder.resolve("a.hl7.sha256")), inbox.companionsOf(A));
  }

  @Test
  void aFileWithAWrongHashWaitsForARightOne() throws IOException {
    inbox = inbox(rules().hash().build());
    write(A);
    Files.writeString(folder.resolve("a.hl7.sha256"), "0".repeat(64) + "  a.hl7\n");
    look();
    passes(SETTLE);
    assertNotYet("its .sha256 does not agree with it", Duration.ofSeconds(30));

    writeHash(A.in(folder));
    inbox.closed(FileName.of("a.hl7.sha256"));
    assertEquals(List.of("a.hl7"), lookNames());
  }

  @Test
  void aHashIsComparedWithTheBytesAsTheyAre() throws IOException {
    inbox = inbox(rules().hash().build());
    write(A);
    writeHash(A.in(folder));
    Files.writeString(A.in(folder), "more", StandardOpenOption.APPEND);
    look();
    passes(SETTLE);

    assertNotYet("its .sha256 does not agree with it", Duration.ofSeconds(30));
  }

  // --- many ---

  @Test
  void twentyThousandFilesAreListedAndReadyWithinSeconds() throws IOException {
    Path memory = Path.of("/dev/shm");
    folder = Files.isWritable(memory) ? Files.createTempDirectory(memory, "inbox") : folder;
    try {
      inbox = inbox(rules().build());
      for (int i = 0; i < 20_000; i++) {
        Files.createFile(folder.resolve("file-" + i));
      }

      assertTimeout(Duration.ofSeconds(25), this::look);
      passes(SETTLE);
      assertEquals(20_000, assertTimeout(Duration.ofSeconds(25), this::look).found().size());
    } finally {
      for (int i = 0; i < 20_000; i++) {
        Files.deleteIfExists(folder.resolve("file-" + i));
      }
      Files.delete(folder);
    }
  }

  @Test
  void aLookTouchesNoFileThatIsNotDue() throws IOException {
    for (int i = 0; i < 20; i++) {
      Files.createFile(folder.resolve("file-" + i));
    }
    inbox.listAll();
    look();
    Files.delete(folder.resolve("file-7"));
    look();

    assertTrue(inbox.waiting().stream().anyMatch(w -> w.name().equals(TreeName.decode("file-7"))));
  }

  // --- the parts of a test ---

  private Look look() throws IOException {
    return inbox.look();
  }

  private List<String> lookNames() throws IOException {
    return names(look());
  }

  private static List<String> names(Look look) {
    return look.found().stream().map(found -> found.name().toString()).toList();
  }

  private void assertNotYet(String reason, Duration lookAgain) throws IOException {
    Look look = look();
    assertEquals(List.of(), names(look));
    assertEquals(List.of(reason), inbox.waiting().stream().map(Waiting::reason).toList());
    assertEquals(lookAgain, look.lookAgain());
  }

  private void passes(Duration time) {
    now += time.toNanos();
  }

  private void write(FileName name) throws IOException {
    Files.writeString(name.in(folder), "content of " + name);
  }

  private void writeHash(Path file) throws IOException {
    String hash = HexFormat.of().withUpperCase().formatHex(Hashing.sha256(file));
    Files.writeString(folder.resolve("a.hl7.sha256"), hash + "  a.hl7\n");
  }

  /** Until the clock of the file system has gone on. */
  private void laterThan(Path file) throws IOException {
    FileTime time = (FileTime) Files.getAttribute(file, "unix:ctime");
    Path probe = root.resolve("probe");
    FileTime reached = time;
    for (int i = 0; i < 1_000_000 && reached.compareTo(time) <= 0; i++) {
      Files.writeString(probe, "x");
      reached = (FileTime) Files.getAttribute(probe, "unix:ctime");
    }
    assumeTrue(reached.compareTo(time) > 0);
  }

  private Inbox inbox(ReadyRules rules) {
    return new Inbox(folder, rules, () -> now, () -> woken++);
  }

  private static Rules rules() {
    return new Rules();
  }

  /** The defaults, but that nothing is listed unless a test asks for it. */
  private static final class Rules {
    private Duration quiet = QUIET;
    private Marker marker = Marker.NONE;
    private boolean hash;
    private final List<String> match = new ArrayList<>();
    private final List<String> ignore = new ArrayList<>();
    private EmptyFile empty = EmptyFile.ACCEPT;
    private Order order = Order.ARRIVAL;

    Rules quiet(Duration window) {
      quiet = window;
      return this;
    }

    Rules marker(Marker kind) {
      marker = kind;
      return this;
    }

    Rules hash() {
      hash = true;
      return this;
    }

    Rules match(String pattern) {
      match.add(pattern);
      return this;
    }

    Rules ignore(String pattern) {
      ignore.add(pattern);
      return this;
    }

    Rules empty(EmptyFile what) {
      empty = what;
      return this;
    }

    Rules order(Order which) {
      order = which;
      return this;
    }

    ReadyRules build() {
      return new ReadyRules(
          quiet, marker, hash, match, ignore, empty, Duration.ofDays(1), order, List.of());
    }
  }

  // --- which goes first ---

  @ParameterizedTest
  @CsvSource({"ARRIVAL, c b a d", "MTIME, b d c a", "NAME, a b c d"})
  void ofThoseThatAreReadyAtOnceTheFluxSaysWhichGoesFirst(Order order, String expected)
      throws IOException {
    inbox = inbox(rules().order(order).build());
    look();
    Map<String, Integer> age = Map.of("c", 2, "b", 4, "a", 1, "d", 3);
    for (String name : List.of("c", "b", "a", "d")) {
      FileName file = FileName.of(name);
      write(file);
      Files.setLastModifiedTime(
          file.in(folder), FileTime.from(Instant.EPOCH.minusSeconds(age.get(name))));
      inbox.movedIn(file);
    }
    assertEquals(expected, String.join(" ", lookNames()));
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void ofTwoWithTheSameTimeTheFirstGoesFirstUnlessTheNameDecides(Order order) throws IOException {
    inbox = inbox(rules().order(order).build());
    look();
    for (FileName file : List.of(B, A)) {
      write(file);
      Files.setLastModifiedTime(file.in(folder), FileTime.from(Instant.EPOCH));
      inbox.movedIn(file);
    }
    List<String> byArrival = List.of("b.hl7", "a.hl7");
    List<String> byName = List.of("a.hl7", "b.hl7");
    assertEquals(order == Order.NAME ? byName : byArrival, lookNames());
  }

  /** Its taker could not take it, again and again: a full disk. */
  @Test
  void whatWasReadyAndNotTakenComesBeforeAllThatCameSince() throws IOException {
    write(B);
    inbox.movedIn(B);
    assertEquals(List.of("b.hl7"), lookNames());
    inbox.listOnceMore();
    laterThan(B.in(folder));
    write(A);
    inbox.movedIn(A);
    inbox.listOnceMore();

    List<String> found = new ArrayList<>(lookNames());
    passes(SETTLE);
    found.addAll(lookNames());
    assertEquals(List.of("b.hl7", "a.hl7"), found);
  }

  // --- how it stands ---

  @Test
  void tellsWhenItWasListedLastAlsoWhenNoListingComesAnyMore() throws IOException {
    assertEquals(Optional.of(Duration.ZERO), inbox.glance().listedAgo());
    passes(Duration.ofHours(2));
    assertEquals(Optional.of(Duration.ofHours(2)), inbox.glance().listedAgo());
    inbox.listAllLater();
    look();
    assertEquals(Optional.of(Duration.ZERO), inbox.glance().listedAgo());
  }

  @Test
  void aListingThatFailsIsNoneThatWasDone() throws IOException {
    Files.delete(folder);
    inbox.listAllLater();
    passes(Duration.ofHours(2));
    assertThrows(IOException.class, inbox::look);
    assertEquals(Optional.of(Duration.ofHours(2)), inbox.glance().listedAgo());
  }

  @Test
  void knowsHowManyWaitAndWhichCameFirst() throws IOException {
    write(B);
    inbox.closed(B);
    look();
    passes(Duration.ofMillis(100));
    write(A);
    inbox.closed(A);
    look();
    passes(Duration.ofMillis(50));

    Inbox.Glance glance = inbox.glance();
    assertEquals(2, glance.waiting());
    assertEquals(Optional.of(TreeName.of(B)), glance.oldest());
    assertEquals(Duration.ofMillis(150), glance.oldestFor());
  }
}
