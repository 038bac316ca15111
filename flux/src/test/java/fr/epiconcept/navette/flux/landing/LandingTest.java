package fr.epiconcept.navette.flux.landing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.Crash;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.FolderTarget;
import fr.epiconcept.navette.flux.config.FolderTarget.IfExists;
import fr.epiconcept.navette.flux.file.TemporaryName;
import fr.epiconcept.navette.flux.landing.Landing.Begun.Written;
import fr.epiconcept.navette.flux.landing.Landing.Group;
import fr.epiconcept.navette.flux.landing.Landing.Landed;
import fr.epiconcept.navette.flux.marks.MarkLine;
import fr.epiconcept.navette.flux.marks.Marks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LandingTest {
  private static final FileId ONE = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRS");
  private static final FileId TWO = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRT");
  private static final FileId THREE = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRV");
  private static final FileName NAME = FileName.of("a.hl7");
  private static final Instant MODIFIED = Instant.parse("2020-02-29T12:34:56.789Z");

  @TempDir Path root;
  private Path storage;
  private Marks marks;
  private int written;

  @BeforeEach
  void folders() throws IOException {
    storage = Files.createDirectory(root.resolve("storage"));
    marks = new Marks(root.resolve("marks"));
  }

  // --- once ---

  @Test
  void landsWholeUnderItsNameWithItsTimeAndMode() throws IOException {
    Landed landed = land(ONE, "content");

    assertEquals(new Landed.At(storage.resolve("a.hl7"), false, true), landed);
    assertEquals("content", Files.readString(storage.resolve("a.hl7")));
    assertEquals(MODIFIED, Files.getLastModifiedTime(storage.resolve("a.hl7")).toInstant());
    assertEquals("rw-r-----", mode(storage.resolve("a.hl7")));
    assertEquals(List.of("a.hl7"), stored());
  }

  @Test
  void landsOnceHoweverOftenItComes() throws IOException {
    land(ONE, "content");

    assertEquals(new Landed.At(storage.resolve("a.hl7"), true, true), land(ONE, "content"));
    assertEquals(1, written);
    assertEquals(List.of("a.hl7"), stored());
  }

  @Test
  void whatWasTakenAwayAfterLandingHasLanded() throws IOException {
    land(ONE, "content");
    Files.delete(storage.resolve("a.hl7"));

    assertEquals(new Landed.At(storage.resolve("a.hl7"), true, false), land(ONE, "content"));
    assertEquals(List.of(), stored());
    assertEquals(Optional.of(storage.resolve("a.hl7")), landing(Checkpoint.NONE).landedBefore(ONE));
  }

  @Test
  void landsOnceMoreIfTheMarkSaysSo() throws IOException {
    land(ONE, "content");
    Files.delete(storage.resolve("a.hl7"));
    marks.write(ONE, MarkLine.of(Landing.AGAIN));
    assertEquals(Optional.empty(), landing(Checkpoint.NONE).landedBefore(ONE));

    assertEquals(new Landed.At(storage.resolve("a.hl7"), false, true), land(ONE, "content"));
  }

  @Test
  void keepsNamesOfAnyBytes() throws IOException {
    FileName latin1 = FileName.of("é\n.hl7".getBytes(ISO_8859_1));
    landing(Checkpoint.NONE).land(ONE, latin1, MODIFIED, out -> out.write('x'));

    assertTrue(Files.exists(latin1.in(storage)));
    assertEquals(Optional.of(latin1.in(storage)), landing(Checkpoint.NONE).landedBefore(ONE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1000000000-01-01T00:00:00Z", "+1000000000-12-31T23:59:59Z"})
  void aTimeThatNoFileCanHaveKeepsNoFileFromLanding(String modified) throws IOException {
    landing(Checkpoint.NONE).land(ONE, NAME, Instant.parse(modified), out -> out.write('x'));
    assertEquals(List.of("a.hl7"), stored());
  }

  @Test
  void landsWhatItsSourceWritesPieceByPieceAndCloses() throws IOException {
    landing(Checkpoint.NONE)
        .land(
            ONE,
            NAME,
            MODIFIED,
            out -> {
              out.write('a');
              out.write(new byte[] {'x', 'b', 'c', 'x'}, 1, 2);
              out.close();
            });
    assertEquals("abc", Files.readString(storage.resolve("a.hl7")));
  }

  @Test
  void anotherFileThatHasItsNameByNowIsNotTakenForIt() throws IOException {
    land(ONE, "one");
    Files.delete(storage.resolve("a.hl7"));
    land(TWO, "two");

    assertEquals(new Landed.At(storage.resolve("a.hl7"), true, false), land(ONE, "one"));
    assertEquals(Optional.empty(), landing(Checkpoint.NONE).landedBefore(ONE));
    assertEquals(Optional.of(storage.resolve("a.hl7")), landing(Checkpoint.NONE).landedBefore(TWO));
  }

  @Test
  void aFileThatWasWrittenToSinceIsStillTheOneThatLanded() throws IOException {
    land(ONE, "content");
    Files.writeString(storage.resolve("a.hl7"), "the script's");

    assertEquals(new Landed.At(storage.resolve("a.hl7"), true, true), land(ONE, "content"));
  }

  // --- a group ---

  private static Written begin(Landing landing, FileId id, String name, String content)
      throws IOException {
    return assertInstanceOf(
        Written.class,
        landing.begin(
            id, FileName.of(name), MODIFIED, out -> out.write(content.getBytes(ISO_8859_1))));
  }

  @Test
  void aGroupLandsInItsOrderAndTwoOfOneNameStandSideBySide() throws IOException {
    Landing landing = landing(Checkpoint.NONE);
    Group group =
        landing.finish(
            List.of(
                begin(landing, ONE, "a.hl7", "one"),
                begin(landing, TWO, "a.hl7", "two"),
                begin(landing, THREE, "b.hl7", "three")));

    assertEquals(Optional.empty(), group.fault());
    assertEquals(
        List.of(
            new Landed.At(storage.resolve("a.hl7"), false, true),
            new Landed.At(storage.resolve("a.2.hl7"), false, true),
            new Landed.At(storage.resolve("b.hl7"), false, true)),
        group.landed());
    assertEquals("one", Files.readString(storage.resolve("a.hl7")));
    assertEquals("two", Files.readString(storage.resolve("a.2.hl7")));
    assertEquals("three", Files.readString(storage.resolve("b.hl7")));
    assertEquals(MODIFIED, Files.getLastModifiedTime(storage.resolve("b.hl7")).toInstant());
    assertEquals(Optional.of(storage.resolve("a.2.hl7")), landing.landedBefore(TWO));
  }

  @Test
  void whatIsBegunIsSeenByNobody() throws IOException {
    Landing landing = landing(Checkpoint.NONE);
    Written begun = begin(landing, ONE, "a.hl7", "one");
    assertFalse(Files.exists(storage.resolve("a.hl7")));
    assertEquals(List.of(), marks.read(ONE));
    begun.giveUp();
    assertEquals(new Landed.At(storage.resolve("a.hl7"), false, true), land(ONE, "content"));
  }

  @Test
  void ofAGroupThoseBeforeAFaultLandAndTheOthersDoNot() throws IOException {
    Landing landing = landing(Checkpoint.NONE);
    List<Written> files =
        List.of(
            begin(landing, ONE, "a.hl7", "one"),
            begin(landing, TWO, "b.hl7", "two"),
            begin(landing, THREE, "c.hl7", "three"));
    Files.delete(storage.resolve(".navette-" + TWO + ".part"));

    Group group = landing.finish(files);
    assertEquals(List.of(new Landed.At(storage.resolve("a.hl7"), false, true)), group.landed());
    assertTrue(group.fault().orElseThrow().getMessage().contains("took it away"));
    assertFalse(Files.exists(storage.resolve("c.hl7")));
    assertEquals(Optional.of(storage.resolve("a.hl7")), landing.landedBefore(ONE));
    assertEquals(Optional.empty(), landing.landedBefore(THREE));
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"WRITTEN", "LANDING", "LANDED"})
  void eachOfAGroupThatACrashCutLandsOnce(Step step) throws IOException {
    Landing dying = landing(Crash.at(step));
    List<Written> files =
        List.of(begin(dying, ONE, "a.hl7", "one"), begin(dying, TWO, "b.hl7", "two"));
    assertThrows(Crash.class, () -> dying.finish(files));

    Landing next = landing(Checkpoint.NONE);
    next.land(ONE, FileName.of("a.hl7"), MODIFIED, out -> out.write("one".getBytes(ISO_8859_1)));
    next.land(TWO, FileName.of("b.hl7"), MODIFIED, out -> out.write("two".getBytes(ISO_8859_1)));
    assertEquals(List.of("a.hl7", "b.hl7"), stored());
    assertEquals("one", Files.readString(storage.resolve("a.hl7")));
    assertEquals("two", Files.readString(storage.resolve("b.hl7")));
  }

  // --- a folder that is away ---

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"LANDING", "LANDED"})
  void nothingIsSaidOfAFileWhileItsFolderIsAwayOrAnother(Step step) throws IOException {
    assertThrows(Crash.class, () -> land(Crash.at(step), ONE, "content"));
    Path away = Files.move(storage, root.resolve("away"));

    assertThrows(IOException.class, () -> land(ONE, "content"));
    assertThrows(IOException.class, () -> landing(Checkpoint.NONE).landedBefore(ONE));
    Files.createDirectory(storage);
    IOException fault = assertThrows(IOException.class, () -> land(ONE, "content"));
    assertTrue(fault.getMessage().contains("is it mounted?"), fault.getMessage());
    assertEquals(List.of(), stored());

    Files.delete(storage);
    Files.move(away, storage);
    assertEquals(new Landed.At(storage.resolve("a.hl7"), true, true), land(ONE, "content"));
    assertEquals("content", Files.readString(storage.resolve("a.hl7")));
  }

  @Test
  void aFileThatACrashCutIsFinishedInItsFolderThoughTheFluxHasAnotherByNow() throws IOException {
    assertThrows(Crash.class, () -> land(Crash.at(Step.LANDING), ONE, "content"));
    Path old = storage;
    storage = Files.createDirectory(root.resolve("new"));

    assertEquals(new Landed.At(old.resolve("a.hl7"), true, true), land(ONE, "content"));
  }

  // --- after a crash ---

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"WRITTEN", "LANDING", "LANDED"})
  void afterACrashItStandsOnceAndWhole(Step step) throws IOException {
    assertThrows(Crash.class, () -> land(Crash.at(step), ONE, "content"));
    assertTrue(
        step == Step.LANDED || stored().stream().allMatch(name -> name.startsWith(".navette-")),
        "nobody sees it before it has landed");

    Landed landed = land(ONE, "content");

    assertEquals(List.of("a.hl7"), stored());
    assertEquals("content", Files.readString(storage.resolve("a.hl7")));
    assertEquals(MODIFIED, Files.getLastModifiedTime(storage.resolve("a.hl7")).toInstant());
    assertEquals(storage.resolve("a.hl7"), ((Landed.At) landed).path());
    assertEquals(step == Step.WRITTEN ? 2 : 1, written, "a marked file is not written again");
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"WRITTEN", "LANDING", "LANDED"})
  void crashingAtTheSameStepAgainAndAgainLeavesOneFile(Step step) throws IOException {
    for (int i = 0; i < 3; i++) {
      try {
        land(Crash.at(step), ONE, "content");
      } catch (Crash again) {
        assertTrue(again.getMessage().contains(step.name()));
      }
    }
    land(ONE, "content");
    assertEquals(List.of("a.hl7"), stored());
  }

  @Test
  void afterACrashTheNameMayBeTakenByAnother() throws IOException {
    assertThrows(Crash.class, () -> land(Crash.at(Step.LANDING), ONE, "one"));
    land(TWO, "two");
    assertEquals("two", Files.readString(storage.resolve("a.hl7")));

    Landed landed = land(ONE, "one");

    Path place = ((Landed.At) landed).path();
    assertEquals("one", Files.readString(place));
    assertEquals("two", Files.readString(storage.resolve("a.hl7")));
    assertEquals(Optional.of(place), landing(Checkpoint.NONE).landedBefore(ONE));
  }

  @Test
  void aHalfWrittenFileOfAnEarlierTryIsWrittenAnew() throws IOException {
    Files.writeString(storage.resolve(TemporaryName.of(ONE)), "a longer half written conte");

    land(ONE, "content");

    assertEquals("content", Files.readString(storage.resolve("a.hl7")));
    assertEquals(List.of("a.hl7"), stored());
  }

  // --- faults ---

  @Test
  void aFaultOfTheSourceLeavesNoFileAndNoMark() throws IOException {
    IOException fault =
        assertThrows(
            IOException.class,
            () ->
                landing(Checkpoint.NONE)
                    .land(
                        ONE,
                        NAME,
                        MODIFIED,
                        out -> {
                          out.write("half".getBytes(UTF_8));
                          throw new IOException("the message broke off");
                        }));

    assertEquals("the message broke off", fault.getMessage());
    assertEquals(List.of(), stored());
    assertEquals(List.of(), marks.read(ONE));
    assertEquals(Optional.empty(), landing(Checkpoint.NONE).landedBefore(ONE));
  }

  @Test
  void anUnknownOwnerIsAFaultBeforeAnybodySeesTheFile() throws IOException {
    FolderTarget nobodys =
        new FolderTarget(
            storage,
            Optional.of("no-such-user-here"),
            Optional.empty(),
            PosixFilePermissions.fromString("rw-r-----"),
            IfExists.SUFFIX);

    assertThrows(
        IOException.class,
        () ->
            new Landing(nobodys, marks, Checkpoint.NONE)
                .land(ONE, NAME, MODIFIED, out -> out.write('x')));
    assertEquals(List.of(), stored());
  }

  @Test
  void aMissingFolderIsAFaultAndNothingIsMarked() throws IOException {
    Files.delete(storage);
    assertThrows(IOException.class, () -> land(ONE, "content"));
    assertEquals(List.of(), marks.read(ONE));
  }

  // --- names that are taken ---

  @Test
  void aTakenNameGetsANumber() throws IOException {
    Files.writeString(storage.resolve("a.hl7"), "before");
    Files.createSymbolicLink(storage.resolve("a.2.hl7"), Path.of("/nowhere"));
    Files.createDirectory(storage.resolve("a.3.hl7"));

    Landed landed = land(ONE, "content");

    assertEquals(new Landed.At(storage.resolve("a.4.hl7"), false, true), landed);
    assertEquals("before", Files.readString(storage.resolve("a.hl7")));
    assertEquals("content", Files.readString(storage.resolve("a.4.hl7")));
    assertEquals(
        Optional.of(storage.resolve("a.4.hl7")), landing(Checkpoint.NONE).landedBefore(ONE));
  }

  @Test
  void overwritesIfTheFluxWantsThat() throws IOException {
    Files.writeString(storage.resolve("a.hl7"), "before");
    Landing landing = landing(IfExists.OVERWRITE, Checkpoint.NONE);

    landing.land(ONE, NAME, MODIFIED, out -> out.write('n'));

    assertEquals("n", Files.readString(storage.resolve("a.hl7")));
    assertEquals(List.of("a.hl7"), stored());
  }

  @Test
  void overwritingGoesThroughNoLink() throws IOException {
    Path other = Files.writeString(root.resolve("other"), "untouched");
    Files.createSymbolicLink(storage.resolve("a.hl7"), other);

    landing(IfExists.OVERWRITE, Checkpoint.NONE).land(ONE, NAME, MODIFIED, o -> o.write('n'));

    assertEquals("untouched", Files.readString(other));
    assertTrue(Files.isRegularFile(storage.resolve("a.hl7"), LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void holdsUntilTheNameIsFree() throws IOException {
    Files.writeString(storage.resolve("a.hl7"), "before");
    Landing landing = landing(IfExists.HOLD, Checkpoint.NONE);

    assertEquals(
        new Landed.NameTaken(storage.resolve("a.hl7")),
        landing.land(ONE, NAME, MODIFIED, o -> o.write('n')));
    assertEquals(List.of("a.hl7"), stored());

    Files.delete(storage.resolve("a.hl7"));
    assertEquals(
        new Landed.At(storage.resolve("a.hl7"), false, true),
        landing.land(ONE, NAME, MODIFIED, o -> o.write('n')));
  }

  @Test
  void holdsEvenIfTheNameIsTakenWhileItIsWritten() throws IOException {
    Landing landing =
        landing(
            IfExists.HOLD,
            (step, id) -> {
              if (step == Step.LANDING) {
                takeTheName();
              }
            });

    assertInstanceOf(Landed.NameTaken.class, landing.land(ONE, NAME, MODIFIED, o -> o.write('n')));
    assertInstanceOf(Landed.NameTaken.class, landing.land(ONE, NAME, MODIFIED, o -> o.write('n')));
    assertEquals("taken", Files.readString(storage.resolve("a.hl7")));

    Files.delete(storage.resolve("a.hl7"));
    Landing later = landing(IfExists.HOLD, Checkpoint.NONE);
    assertInstanceOf(Landed.At.class, later.land(ONE, NAME, MODIFIED, o -> o.write('n')));
    assertEquals(List.of("a.hl7"), stored());
    assertEquals("n", Files.readString(storage.resolve("a.hl7")));
  }

  private void takeTheName() {
    try {
      Files.writeString(storage.resolve("a.hl7"), "taken");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aNameTakenBetweenTheLookAndTheRenameIsNotOverwritten() throws IOException {
    boolean[] done = new boolean[1];
    Landing landing =
        landing(
            IfExists.SUFFIX,
            (step, id) -> {
              if (step == Step.LANDING && !done[0]) {
                done[0] = true;
                takeTheName();
              }
            });

    landing.land(ONE, NAME, MODIFIED, o -> o.write('n'));

    assertEquals("taken", Files.readString(storage.resolve("a.hl7")));
    assertEquals("n", Files.readString(storage.resolve("a.2.hl7")));
  }

  // --- rights, and those who would borrow ours ---

  @Test
  void givesOwnerGroupAndModeBeforeAnybodySeesTheFile() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root gives files away");
    FolderTarget target =
        new FolderTarget(
            storage,
            Optional.of("nobody"),
            Optional.of("daemon"),
            PosixFilePermissions.fromString("rw-rw----"),
            IfExists.SUFFIX);
    Checkpoint look =
        (step, id) -> {
          if (step == Step.WRITTEN) {
            assertEquals("nobody:daemon rw-rw----", looks(TemporaryName.of(id)));
          }
        };

    new Landing(target, marks, look).land(ONE, NAME, MODIFIED, out -> out.write('x'));

    assertEquals("nobody:daemon rw-rw----", looks("a.hl7"));
    assertEquals(MODIFIED, Files.getLastModifiedTime(storage.resolve("a.hl7")).toInstant());
  }

  private String looks(String name) {
    try {
      PosixFileAttributes looks =
          Files.readAttributes(storage.resolve(name), PosixFileAttributes.class);
      return looks.owner()
          + ":"
          + looks.group()
          + " "
          + PosixFilePermissions.toString(looks.permissions());
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void neverWritesThroughALinkThatStandsUnderTheHiddenName() throws IOException {
    Path other = Files.writeString(root.resolve("other"), "untouched");
    String before = mode(other);
    Files.createSymbolicLink(storage.resolve(TemporaryName.of(ONE)), other);

    land(ONE, "content");

    assertEquals("untouched", Files.readString(other));
    assertEquals(before, mode(other));
    assertEquals("content", Files.readString(storage.resolve("a.hl7")));
    assertTrue(Files.isRegularFile(storage.resolve("a.hl7"), LinkOption.NOFOLLOW_LINKS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"another's file", "pipe", "link"})
  void whatIsPutInThePlaceOfTheHiddenFileWhileItIsWrittenGetsNeitherRightsNorBytes(String what)
      throws Exception {
    Path theirs = Files.writeString(root.resolve("theirs"), "theirs");
    Files.setPosixFilePermissions(theirs, PosixFilePermissions.fromString("rw-------"));
    Path hidden = storage.resolve(TemporaryName.of(ONE));
    Landing.Body body =
        out -> {
          out.write(new byte[10]);
          Files.delete(hidden);
          switch (what) {
            case "pipe" -> makePipe(hidden);
            case "link" -> Files.createSymbolicLink(hidden, theirs);
            default -> Files.createLink(hidden, theirs);
          }
          out.write(new byte[10]);
        };

    String end = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> faultOf(body));

    assertEquals("rw-------", mode(theirs));
    assertEquals("theirs", Files.readString(theirs));
    assertEquals("somebody put something else in the place of " + hidden, end);
    assertEquals(List.of(), marks.read(ONE));
    land(ONE, "content");
    assertEquals(List.of("a.hl7"), stored());
  }

  private String faultOf(Landing.Body body) {
    try {
      return landing(Checkpoint.NONE).land(ONE, NAME, MODIFIED, body).toString();
    } catch (IOException fault) {
      return fault.getMessage();
    }
  }

  private static void makePipe(Path place) throws IOException {
    Process mkfifo = new ProcessBuilder("mkfifo", place.toString()).start();
    assertEquals(0, mkfifo.onExit().join().exitValue(), "mkfifo");
  }

  @Test
  void takesNoFileOfAnotherUnderTheHiddenNameForItsOwn() throws IOException {
    land(ONE, "content");
    Files.writeString(storage.resolve(TemporaryName.of(ONE)), "planted");

    assertEquals(new Landed.At(storage.resolve("a.hl7"), true, true), land(ONE, "content"));
    assertEquals("content", Files.readString(storage.resolve("a.hl7")));
  }

  /** As where a rename is a link and an unlink. */
  @Test
  void aFileThatACrashLeftWithBothItsNamesHasLanded() throws IOException {
    assertThrows(Crash.class, () -> land(Crash.at(Step.LANDING), ONE, "content"));
    Path temporary = storage.resolve(TemporaryName.of(ONE));
    Files.createLink(storage.resolve("a.hl7"), temporary);
    Landing landing = landing(IfExists.OVERWRITE, Checkpoint.NONE);

    landing.land(ONE, NAME, MODIFIED, out -> out.write('x'));

    assertEquals("content", Files.readString(storage.resolve("a.hl7")));
  }

  @Test
  void takesNoLinkUnderTheHiddenNameForItsOwnUnfinishedWork() throws IOException {
    land(ONE, "content");
    Files.delete(storage.resolve("a.hl7"));
    Files.createSymbolicLink(storage.resolve(TemporaryName.of(ONE)), Path.of("/etc/passwd"));

    assertEquals(Optional.of(storage.resolve("a.hl7")), landing(Checkpoint.NONE).landedBefore(ONE));
    assertFalse(Files.exists(storage.resolve("a.hl7"), LinkOption.NOFOLLOW_LINKS));
  }

  // --- the parts of a test ---

  private Landed land(FileId id, String content) throws IOException {
    return land(Checkpoint.NONE, id, content);
  }

  private Landed land(Checkpoint checkpoint, FileId id, String content) throws IOException {
    return landing(checkpoint)
        .land(
            id,
            NAME,
            MODIFIED,
            out -> {
              written++;
              out.write(content.getBytes(UTF_8));
            });
  }

  private Landing landing(Checkpoint checkpoint) throws IOException {
    return landing(IfExists.SUFFIX, checkpoint);
  }

  /** As a daemon that was just started has it: nothing remembered but what is on disk. */
  private Landing landing(IfExists ifExists, Checkpoint checkpoint) throws IOException {
    FolderTarget target =
        new FolderTarget(
            storage,
            Optional.empty(),
            Optional.empty(),
            PosixFilePermissions.fromString("rw-r-----"),
            ifExists);
    return new Landing(target, new Marks(root.resolve("marks")), checkpoint);
  }

  private List<String> stored() throws IOException {
    TreeSet<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.list(storage)) {
      files.forEach(file -> names.add(file.getFileName().toString()));
    }
    return List.copyOf(names);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  // --- in pieces ---

  private Written beginInPieces(Landing.Pieces pieces) throws IOException {
    Landing.Begun begun =
        landing(Checkpoint.NONE).beginInPieces(ONE, TreeName.of(NAME), MODIFIED, pieces);
    return assertInstanceOf(Written.class, begun);
  }

  /** Adds those bytes to what is there, then meets a fault. */
  private void cutAfter(String bytes) {
    assertThrows(
        IOException.class,
        () ->
            beginInPieces(
                file -> {
                  file.out().write(bytes.getBytes(UTF_8));
                  throw new IOException("the link is down");
                }));
  }

  @Test
  void aTryInPiecesGoesOnWhereTheOneBeforeWasCut() throws IOException {
    cutAfter("con");
    cutAfter("te");
    assertEquals("rw-------", mode(storage.resolve(TemporaryName.of(ONE))));
    Written whole =
        beginInPieces(
            file -> {
              assertEquals(5, file.length());
              file.out().write("nt".getBytes(UTF_8));
            });

    Group group = landing(Checkpoint.NONE).finish(List.of(whole));

    assertEquals(List.of(new Landed.At(storage.resolve("a.hl7"), false, true)), group.landed());
    assertEquals("content", Files.readString(storage.resolve("a.hl7")));
    assertEquals(MODIFIED, Files.getLastModifiedTime(storage.resolve("a.hl7")).toInstant());
    assertEquals("rw-r-----", mode(storage.resolve("a.hl7")));
    assertEquals(List.of("a.hl7"), stored());
  }

  @Test
  void aWholeTryThatWasGivenUpBeforeItsRightsWereGivenIsWholeStill() throws IOException {
    cutAfter("content");
    beginInPieces(file -> assertEquals(7, file.length())).giveUp();
  }

  /**
   * Whoever may write to the folder could else have his bytes, or his file, stored as another's.
   */
  @Test
  void whatIsNotOursAloneIsNobodysBeginning() throws IOException {
    Path hidden = storage.resolve(TemporaryName.of(ONE));
    Path theirs = Files.writeString(root.resolve("theirs"), "theirs");
    Landing.Pieces fromNothing =
        file -> {
          assertEquals(0, file.length());
          file.out().write("content".getBytes(UTF_8));
        };

    Files.createSymbolicLink(hidden, theirs);
    beginInPieces(fromNothing).giveUp();
    Files.delete(hidden);
    Files.setPosixFilePermissions(theirs, PosixFilePermissions.fromString("rw-------"));
    Files.createLink(hidden, theirs);
    beginInPieces(fromNothing).giveUp();
    Files.delete(hidden);
    Files.writeString(hidden, "others may write");
    Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-rw----"));
    beginInPieces(fromNothing).giveUp();

    assertEquals("theirs", Files.readString(theirs));
  }
}
