package fr.epiconcept.navette.ingest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.broker.carry.Cargo.Judgement.Refused;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.flux.spool.Spool.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuarantineTest {
  private static final Refused NO_HL7 = new Refused("the check answered 3", "no MSH\nline 2\n");
  private static final Refused IRREGULAR = new Refused("no regular file", "");
  private static final Path MEMORY = Path.of("/dev/shm");

  @TempDir Path root;
  private FluxFolders folders;
  private Path elsewhere;

  @BeforeEach
  void lay() throws Exception {
    folders = new FluxFolders(root, new FluxName("labo"));
  }

  @AfterEach
  void close() throws Exception {
    folders.close();
    if (elsewhere != null) {
      try (Stream<Path> all = Files.walk(elsewhere)) {
        for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }

  /** A quarantine on another file system than the spool. */
  private Path onAnotherFileSystem() throws IOException {
    assumeTrue(Files.isWritable(MEMORY), "no second file system to write to");
    elsewhere = Files.createTempDirectory(MEMORY, "navette");
    assumeTrue(!Files.getFileStore(elsewhere).equals(Files.getFileStore(root)));
    return elsewhere;
  }

  private Quarantine quarantine() {
    return quarantine(folders.quarantineFolder, Checkpoint.NONE);
  }

  private Quarantine quarantine(Path folder, Checkpoint checkpoint) {
    return new Quarantine(
        new KeptFolder(folder, ZoneOffset.UTC),
        folders.spool,
        folders.ledger,
        folders.log,
        checkpoint);
  }

  private static Path kept(Path folder, Entry entry) {
    return new KeptFolder(folder, ZoneOffset.UTC).place(entry.id(), entry.name());
  }

  private Path kept(Entry entry) {
    return kept(folders.quarantineFolder, entry);
  }

  private static Path reason(Path folder, Entry entry) {
    return folder.resolve(FluxFolders.DAY).resolve(entry.id() + ".reason.txt");
  }

  private List<Path> claimedFolders() throws IOException {
    return folders.spool.list(State.CLAIMED);
  }

  @Test
  void theFileStandsInQuarantineByteForByteWithItsReasonBesideIt() throws Exception {
    byte[] content = {0, 1, (byte) 0xFF, '\n', 7};
    Entry entry = folders.claimed(FileName.of("a.hl7"), content);

    quarantine().take(entry, NO_HL7);

    assertArrayEquals(content, Files.readAllBytes(kept(entry)));
    assertEquals(
        "flux-file: a.hl7\nreason: the check answered 3\noutput:\nno MSH\nline 2\n",
        Files.readString(reason(folders.quarantineFolder, entry)));
    assertEquals(List.of(), claimedFolders());
    assertEquals(1, folders.told("quarantined").size());
    assertTrue(folders.told("quarantined").get(0).contains(entry.id().value()));
  }

  @Test
  void aNameOfAnyBytesIsKeptAndSpelledInTheReason() throws Exception {
    FileName name = FileName.of(new byte[] {'a', (byte) 0xE9, '\n', 'b'});
    Entry entry = folders.claimed(name, new byte[] {1});

    quarantine().take(entry, NO_HL7);

    assertTrue(Files.exists(kept(entry)));
    String reason = Files.readString(reason(folders.quarantineFolder, entry));
    assertEquals("flux-file: a%E9%0Ab", reason.lines().findFirst().orElseThrow());
  }

  @Test
  void theReasonIsThereBeforeTheFile() throws Exception {
    Entry entry = folders.claimed("a.hl7", "x");
    Path day = Files.createDirectories(folders.quarantineFolder.resolve(FluxFolders.DAY));
    Path reasonItself = day.resolve(entry.id() + ".reason.txt");
    Files.createDirectory(reasonItself);

    assertThrows(IOException.class, () -> quarantine().take(entry, NO_HL7));

    assertTrue(Files.exists(entry.file()), "without a reason nothing moves");
    assertFalse(Files.exists(kept(entry)));
    Files.delete(reasonItself);
    quarantine().take(entry, NO_HL7);
    assertEquals("x", Files.readString(kept(entry)));
  }

  @Test
  void nothingThatStandsThereIsOverwritten() throws Exception {
    Entry entry = folders.claimed("a.hl7", "new");
    Files.createDirectories(kept(entry).getParent());
    Files.writeString(kept(entry), "old");

    quarantine().take(entry, NO_HL7);

    assertEquals("old", Files.readString(kept(entry)));
    assertEquals("new", Files.readString(kept(entry).resolveSibling(entry.id() + ".2-a.hl7")));
  }

  @Test
  void aLinkIsMovedAndNeverFollowed() throws Exception {
    Path target = Files.writeString(root.resolve("secret"), "secret");
    Files.createSymbolicLink(folders.inbox.resolve("link"), target);
    Entry entry = folders.claim(FileName.of("link"));

    quarantine().take(entry, IRREGULAR);

    assertEquals(target, Files.readSymbolicLink(kept(entry)));
    assertEquals("secret", Files.readString(target));
    assertEquals(List.of(), claimedFolders());
  }

  @Test
  void aPipeIsMovedAndNeverOpened() throws Exception {
    Entry entry = pipe();

    quarantine().take(entry, IRREGULAR);

    assertTrue(Files.readAttributes(kept(entry), "isOther").containsValue(true));
    assertEquals(List.of(), claimedFolders());
  }

  private Entry pipe() throws Exception {
    Path pipe = folders.inbox.resolve("pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    return folders.claim(FileName.of("pipe"));
  }

  @Test
  void whatIsNoRegularFileIsNotPutOverAnother() throws Exception {
    Files.createSymbolicLink(folders.inbox.resolve("link"), root);
    Entry entry = folders.claim(FileName.of("link"));
    Files.createDirectories(kept(entry).getParent());
    Files.writeString(kept(entry), "old");

    assertThrows(IOException.class, () -> quarantine().take(entry, IRREGULAR));

    assertEquals("old", Files.readString(kept(entry)));
    assertTrue(Files.isSymbolicLink(entry.file()));
  }

  @Test
  void aFileGoesToAQuarantineOnAnotherFileSystem() throws Exception {
    Path other = onAnotherFileSystem();
    byte[] content = "a lot ".repeat(50_000).getBytes(StandardCharsets.UTF_8);
    Entry entry = folders.claimed(FileName.of("a.hl7"), content);

    quarantine(other, Checkpoint.NONE).take(entry, NO_HL7);

    assertArrayEquals(content, Files.readAllBytes(kept(other, entry)));
    assertTrue(Files.exists(reason(other, entry)));
    assertEquals(List.of(), claimedFolders());
  }

  @Test
  void ofALinkOrAPipeOnlyTheReasonGoesToAnotherFileSystem() throws Exception {
    Path other = onAnotherFileSystem();
    Path target = Files.writeString(root.resolve("secret"), "secret");
    Files.createSymbolicLink(folders.inbox.resolve("link"), target);
    for (Entry entry : List.of(folders.claim(FileName.of("link")), pipe())) {
      quarantine(other, Checkpoint.NONE).take(entry, IRREGULAR);

      assertFalse(Files.exists(kept(other, entry), LinkOption.NOFOLLOW_LINKS));
      assertTrue(Files.readString(reason(other, entry)).contains("reason: no regular file"));
    }
    assertEquals("secret", Files.readString(target));
    assertEquals(List.of(), claimedFolders());
    assertEquals(2, folders.told("quarantined").size());
  }

  @Test
  void afterACrashBehindTheMoveNothingIsLeftToDo() throws Exception {
    Entry entry = folders.claimed("a.hl7", "x");
    Quarantine dies = quarantine(folders.quarantineFolder, Crash.at(Step.QUARANTINED));
    assertThrows(Crash.class, () -> dies.take(entry, NO_HL7));

    Spool restarted = new Spool(folders.spool.folder());
    restarted.removeEmpty();

    assertEquals(List.of(), restarted.list(State.CLAIMED));
    assertEquals("x", Files.readString(kept(entry)));
    assertTrue(Files.exists(reason(folders.quarantineFolder, entry)));
  }

  @Test
  void afterACrashBetweenReasonAndMoveItIsTakenOnceMore() throws Exception {
    Entry entry = folders.claimed("a.hl7", "x");
    Files.createDirectories(kept(entry).getParent());
    Files.writeString(reason(folders.quarantineFolder, entry), "flux-file: a.hl7\nrea");

    quarantine().take(entry, NO_HL7);

    assertEquals("x", Files.readString(kept(entry)));
    assertTrue(Files.readString(reason(folders.quarantineFolder, entry)).endsWith("line 2\n"));
  }

  @Test
  void afterACrashThatLeftHalfACopyOnAnotherFileSystemTheCopyIsMadeAnew() throws Exception {
    Path other = onAnotherFileSystem();
    Entry entry = folders.claimed("a.hl7", "whole");
    Files.createDirectories(kept(other, entry).getParent());
    Files.writeString(kept(other, entry).resolveSibling(".navette-" + entry.id() + ".part"), "wh");

    quarantine(other, Checkpoint.NONE).take(entry, NO_HL7);

    assertEquals("whole", Files.readString(kept(other, entry)));
    try (Stream<Path> there = Files.list(kept(other, entry).getParent())) {
      assertEquals(2, there.count(), "the file and its reason");
    }
  }

  @Test
  void afterACrashThatLeftTheFileInBothPlacesItIsKeptOnce() throws Exception {
    Path other = onAnotherFileSystem();
    Entry entry = folders.claimed("a.hl7", "x");
    Files.createDirectories(kept(other, entry).getParent());
    Files.writeString(kept(other, entry), "x");

    quarantine(other, Checkpoint.NONE).take(entry, NO_HL7);

    assertEquals("x", Files.readString(kept(other, entry)));
    assertFalse(Files.exists(kept(other, entry).resolveSibling(entry.id() + ".2-a.hl7")));
    assertEquals(List.of(), claimedFolders());
  }

  @Test
  void aQuarantineThatCannotBeWrittenLeavesTheFileInTheSpool() throws Exception {
    Entry entry = folders.claimed("a.hl7", "x");
    Files.delete(folders.quarantineFolder);
    Files.writeString(folders.quarantineFolder, "no folder");

    assertThrows(IOException.class, () -> quarantine().take(entry, NO_HL7));

    assertEquals("x", Files.readString(entry.file()));
    assertEquals(List.of(), folders.told("quarantined"));
  }
}
