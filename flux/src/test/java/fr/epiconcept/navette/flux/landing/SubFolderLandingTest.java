package fr.epiconcept.navette.flux.landing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.Crash;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.FolderTarget;
import fr.epiconcept.navette.flux.config.FolderTarget.IfExists;
import fr.epiconcept.navette.flux.file.Branch;
import fr.epiconcept.navette.flux.landing.Landing.Begun.Written;
import fr.epiconcept.navette.flux.landing.Landing.Group;
import fr.epiconcept.navette.flux.landing.Landing.Landed;
import fr.epiconcept.navette.flux.marks.Marks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that land in sub-folders of their target, in which others may write. */
class SubFolderLandingTest {
  private static final FileId ONE = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRS");
  private static final FileId TWO = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRT");
  private static final FileId THREE = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRV");
  private static final Instant MODIFIED = Instant.parse("2020-02-29T12:34:56.789Z");
  private static final TreeName NAME = TreeName.decode("a/b/x.hl7");

  @TempDir Path root;
  private Path storage;
  private Path strangers;
  private IfExists ifExists = IfExists.SUFFIX;
  private List<Path> reserved = List.of();

  @BeforeEach
  void folders() throws IOException {
    storage = Files.createDirectory(root.resolve("storage"));
    strangers = Files.createDirectory(root.resolve("strangers"));
  }

  /** As a daemon that was just started has it. */
  private Landing landing(Checkpoint checkpoint) throws IOException {
    FolderTarget target =
        new FolderTarget(
            storage,
            Optional.empty(),
            Optional.empty(),
            PosixFilePermissions.fromString("rw-r-----"),
            ifExists);
    return new Landing(target, reserved, new Marks(root.resolve("marks")), checkpoint);
  }

  private Landed land(Checkpoint checkpoint, FileId id, TreeName name) throws IOException {
    return landing(checkpoint)
        .land(id, name, MODIFIED, out -> out.write(name.encoded().getBytes(UTF_8)));
  }

  private Landed land(FileId id, TreeName name) throws IOException {
    return land(Checkpoint.NONE, id, name);
  }

  private static Landed.At at(Path place) {
    return new Landed.At(place, false, true);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  /** All files below a folder, hidden ones too. */
  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
          .map(path -> folder.relativize(path).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void makesTheFoldersWithTheModeOfFilesAndTheRightToEnter() throws IOException {
    assertEquals(at(storage.resolve("a/b/x.hl7")), land(ONE, NAME));
    assertEquals("a/b/x.hl7", Files.readString(storage.resolve("a/b/x.hl7")));
    assertEquals("rwxr-x---", mode(storage.resolve("a")));
    assertEquals("rwxr-x---", mode(storage.resolve("a/b")));
    assertEquals(List.of("a/b/x.hl7"), files(storage));
    assertEquals(
        Optional.of(storage.resolve("a/b/x.hl7")), landing(Checkpoint.NONE).landedBefore(ONE));
  }

  @Test
  void givesTheFoldersTheOwnerOfTheFiles() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root gives files away");
    FolderTarget nobodys =
        new FolderTarget(
            storage,
            Optional.of("nobody"),
            Optional.of("nogroup"),
            PosixFilePermissions.fromString("rw-rw----"),
            IfExists.SUFFIX);
    new Landing(nobodys, new Marks(root.resolve("marks")), Checkpoint.NONE)
        .land(ONE, NAME, MODIFIED, out -> out.write('x'));
    for (String folder : List.of("a", "a/b")) {
      PosixFileAttributes made =
          Files.readAttributes(storage.resolve(folder), PosixFileAttributes.class);
      assertEquals("nobody", made.owner().getName());
      assertEquals("nogroup", made.group().getName());
      assertEquals("rwxrwx---", PosixFilePermissions.toString(made.permissions()));
    }
  }

  @Test
  void leavesTheRightsOfAFolderThatIsThere() throws IOException {
    Files.createDirectory(
        storage.resolve("a"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    land(ONE, NAME);
    assertEquals("rwxr-xr-x", mode(storage.resolve("a")));
    assertEquals("rwxr-x---", mode(storage.resolve("a/b")));
  }

  @Test
  void aFolderThatACrashLeftUngivenIsGivenByTheNextFile() throws IOException {
    Files.createDirectory(
        storage.resolve("a"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    land(ONE, NAME);
    assertEquals("rwxr-x---", mode(storage.resolve("a")));
  }

  @Test
  void namesAreBytesInFoldersToo() throws IOException {
    FileName odd = FileName.of("\u00e9\n".getBytes(ISO_8859_1));
    TreeName name = new TreeName(SubFolder.of(List.of(odd, odd)), odd);
    land(ONE, name);
    assertTrue(Files.exists(name.in(storage)));
    assertEquals(Optional.of(name.in(storage)), landing(Checkpoint.NONE).landedBefore(ONE));
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"WRITTEN", "LANDING", "LANDED"})
  void aCrashAnywhereLandsItOnceInItsFolder(Step step) throws IOException {
    assertThrows(Crash.class, () -> land(Crash.at(step), ONE, NAME));
    Landed landed = land(ONE, NAME);
    assertEquals(storage.resolve("a/b/x.hl7"), ((Landed.At) landed).path());
    assertEquals(List.of("a/b/x.hl7"), files(storage));
    assertEquals(new Landed.At(storage.resolve("a/b/x.hl7"), true, true), land(ONE, NAME));
  }

  @Test
  void afterACrashTheFolderIsMadeAnewIfItIsGone() throws IOException {
    assertThrows(Crash.class, () -> land(Crash.at(Step.LANDING), ONE, NAME));
    Files.delete(storage.resolve("a/b"));
    Files.delete(storage.resolve("a"));
    assertEquals(new Landed.At(storage.resolve("a/b/x.hl7"), true, true), land(ONE, NAME));
  }

  @Test
  void aFileThatWasTakenAlongWithItsFolderHasLanded() throws IOException {
    land(ONE, NAME);
    Files.move(storage.resolve("a"), root.resolve("taken"));
    assertEquals(new Landed.At(storage.resolve("a/b/x.hl7"), true, false), land(ONE, NAME));
    assertEquals(List.of(), files(storage));
    assertEquals(Optional.empty(), landing(Checkpoint.NONE).folderOf(ONE));
  }

  // --- what stands in the way ---

  @Test
  void aLinkInThePlaceOfAFolderIsNeverFollowed() throws IOException {
    Files.createSymbolicLink(storage.resolve("a"), strangers);
    assertEquals(at(storage.resolve("a.2/b/x.hl7")), land(ONE, NAME));
    assertEquals(List.of(), files(strangers));
    assertEquals(
        Optional.of(storage.resolve("a.2/b/x.hl7")), landing(Checkpoint.NONE).landedBefore(ONE));
  }

  @Test
  void aLinkThatCameAfterTheCrashIsNotFollowedEither() throws IOException {
    assertThrows(Crash.class, () -> land(Crash.at(Step.LANDING), ONE, NAME));
    Files.move(storage.resolve("a"), root.resolve("moved"));
    Files.createDirectory(strangers.resolve("b"));
    Files.createSymbolicLink(storage.resolve("a"), strangers);
    Landed.At landed = assertInstanceOf(Landed.At.class, land(ONE, NAME));
    assertEquals(storage.resolve("a.2/b/x.hl7"), landed.path());
    assertEquals(List.of(), files(strangers));
  }

  @Test
  void aLinkThatCameAfterTheLandingLeadsNobodyToAnothersFile() throws IOException {
    land(ONE, NAME);
    Files.move(storage.resolve("a"), root.resolve("moved"));
    Files.createDirectory(strangers.resolve("b"));
    Files.move(root.resolve("moved/b/x.hl7"), strangers.resolve("b/x.hl7"));
    Files.createSymbolicLink(storage.resolve("a"), strangers);
    assertEquals(new Landed.At(storage.resolve("a/b/x.hl7"), true, false), land(ONE, NAME));
    assertEquals(Optional.<Branch>empty(), landing(Checkpoint.NONE).folderOf(ONE));
  }

  @Test
  void aFileInThePlaceOfAFolderAndAFolderInThePlaceOfAFileStopNothing() throws IOException {
    land(ONE, TreeName.decode("a"));
    assertEquals(at(storage.resolve("a.2/b/x.hl7")), land(TWO, NAME));
    assertEquals(at(storage.resolve("a.3")), land(THREE, TreeName.decode("a")));
  }

  @Test
  void overwritingTakesNoFoldersPlace() throws IOException {
    ifExists = IfExists.OVERWRITE;
    Files.createDirectories(storage.resolve("a/b/x.hl7"));
    assertEquals(at(storage.resolve("a/b/x.2.hl7")), land(ONE, NAME));
    assertEquals(at(storage.resolve("a/b/x.2.hl7")), land(TWO, NAME));
    assertEquals(List.of("a/b/x.2.hl7"), files(storage));
  }

  @Test
  void aNameThatIsTakenHoldsOnlyInItsOwnFolder() throws IOException {
    ifExists = IfExists.HOLD;
    land(ONE, NAME);
    assertEquals(new Landed.NameTaken(storage.resolve("a/b/x.hl7")), land(TWO, NAME));
    assertEquals(at(storage.resolve("a/x.hl7")), land(THREE, TreeName.decode("a/x.hl7")));
  }

  /** An application's out may lie in its storage folder: what lands there would be sent home. */
  @Test
  void aFolderThatIsReservedIsNoPlaceForFiles() throws IOException {
    Path out = Files.createDirectories(storage.resolve("a/out"));
    reserved = List.of(out, root.resolve("not there"));
    assertEquals(at(storage.resolve("a/out.2/x")), land(ONE, TreeName.decode("a/out/x")));
    assertEquals(List.of(), files(out));
  }

  // --- a group ---

  private static Written begin(Landing landing, FileId id, String name) throws IOException {
    return assertInstanceOf(
        Written.class,
        landing.begin(
            id, TreeName.decode(name), MODIFIED, out -> out.write(name.getBytes(ISO_8859_1))));
  }

  @Test
  void aGroupLandsInItsFolders() throws IOException {
    Landing landing = landing(Checkpoint.NONE);
    Group group =
        landing.finish(
            List.of(
                begin(landing, ONE, "a/x"),
                begin(landing, TWO, "a/x"),
                begin(landing, THREE, "x")));
    assertEquals(Optional.empty(), group.fault());
    assertEquals(
        List.of(at(storage.resolve("a/x")), at(storage.resolve("a/x.2")), at(storage.resolve("x"))),
        group.landed());
  }

  @Test
  void aFolderThatGoesWhileItsGroupLandsIsMadeOnceMore() throws IOException {
    AtomicBoolean done = new AtomicBoolean();
    Landing landing =
        landing(
            (step, id) -> {
              if (step == Step.LANDING && id.equals(TWO) && !done.getAndSet(true)) {
                uncheckedDelete(storage.resolve("a"));
              }
            });
    Group group = landing.finish(List.of(begin(landing, ONE, "b/x"), begin(landing, TWO, "a/x")));
    assertEquals(Optional.empty(), group.fault());
    assertEquals(List.of("a/x", "b/x"), files(storage));
    assertFalse(Files.exists(storage.resolve("a.2")));
  }

  private static void uncheckedDelete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
