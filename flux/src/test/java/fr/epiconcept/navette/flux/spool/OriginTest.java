package fr.epiconcept.navette.flux.spool;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.OtherFileSystem;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.file.TemporaryName;
import fr.epiconcept.navette.flux.spool.Spool.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of sub-folders in the spool: their place there says where they stood. */
class OriginTest {
  private static final FileName ODD = FileName.of("r\u00e9\n%2F".getBytes(ISO_8859_1));
  private static final TreeName FILE =
      new TreeName(SubFolder.of(List.of(FileName.of("a"), ODD)), FileName.of("x.hl7"));

  @TempDir Path root;
  private final FileIds ids = new FileIds(InstantSource.system());
  private Path inbox;
  private Spool spool;

  @BeforeEach
  void folders() throws IOException {
    inbox = Files.createDirectory(root.resolve("inbox"));
    spool = new Spool(root.resolve("spool"));
  }

  private Path deposit(TreeName name) throws IOException {
    Path folder = inbox;
    for (FileName part : name.folder().parts()) {
      folder = part.in(folder);
      if (!Files.isDirectory(folder)) {
        Files.createDirectory(folder);
      }
    }
    return Files.writeString(name.name().in(folder), name.encoded());
  }

  private Optional<Entry> claim(TreeName name) throws IOException {
    return spool.claim(inbox, name, ids.next(), Optional.empty());
  }

  private Entry claimed(TreeName name) throws IOException {
    deposit(name);
    return claim(name).orElseThrow();
  }

  /** As a daemon that was just started has it. */
  private Spool restarted() throws IOException {
    return new Spool(root.resolve("spool"));
  }

  @Test
  void aClaimKeepsTheFolderAndLeavesItInTheInbox() throws IOException {
    Entry entry = claimed(FILE);
    assertEquals(FILE, entry.path());
    assertEquals(FILE.encoded(), Files.readString(entry.file()));
    assertTrue(Files.isDirectory(FILE.folder().in(inbox)), "partners expect their folders to stay");
    Entry again = restarted().entry(entry.folder()).orElseThrow();
    assertEquals(entry, again, "its place alone says it");
    spool.syncClaims(List.of(entry));
  }

  @Test
  void itsFolderGoesAlongThroughAllStatesAndLeavesNothing() throws IOException {
    Entry entry = claimed(FILE);
    spool.become(entry, State.PUBLISHED);
    Entry published = spool.find(entry.id()).orElseThrow();
    assertEquals(FILE, published.path());
    spool.adopt("another era");
    Entry again = spool.find(entry.id()).orElseThrow();
    assertEquals(FILE, again.path());
    spool.remove(again);
    spool.remove(again);
    for (State state : State.values()) {
      assertEquals(List.of(), spool.list(state));
    }
  }

  @Test
  void aFolderWithTheLongestWayIsKept() throws IOException {
    FileName wide = FileName.of("\u00e9".repeat(127));
    SubFolder longest = SubFolder.of(Collections.nCopies(4, wide));
    TreeName name = new TreeName(longest, FileName.of("n".repeat(255)));
    deposit(name);
    Entry entry = claim(name).orElseThrow();
    assertEquals(name, restarted().entry(entry.folder()).orElseThrow().path());
    spool.remove(entry);
    assertFalse(Files.exists(entry.folder()));
  }

  @Test
  void aLinkOnTheWayTakesNothingFromAnotherFolder() throws IOException {
    Path strangers = Files.createDirectory(root.resolve("strangers"));
    Path theirs = Files.writeString(strangers.resolve("x.hl7"), "another partner's");
    Files.createSymbolicLink(inbox.resolve("a"), strangers);
    assertEquals(
        Optional.empty(), claim(new TreeName(SubFolder.decode("a"), FileName.of("x.hl7"))));
    assertTrue(Files.exists(theirs));
    assertEquals(List.of(), spool.list(State.CLAIMED));
  }

  @Test
  void aFolderInThePlaceOfTheFileIsNoPartOfTheWay() throws IOException {
    Path place = deposit(FILE);
    Files.delete(place);
    Files.createDirectories(place.resolve("inner/.sub=z"));
    Entry entry = claim(FILE).orElseThrow();
    assertEquals(FILE, restarted().entry(entry.folder()).orElseThrow().path());
  }

  @Test
  void whatACrashBeforeTheRenameLeftIsRemovedAtTheStart() throws IOException {
    FileId id = ids.next();
    Path own = spool.in(State.CLAIMED).resolve(id.value());
    Files.createDirectories(Origin.of(own, FILE.folder()).place());
    assertEquals(Optional.empty(), spool.entry(own));
    Spool again = restarted();
    again.removeEmpty();
    assertEquals(List.of(), again.list(State.CLAIMED));
  }

  @Test
  void aFileThatItsSenderTookBackLeavesNothing() throws IOException {
    Files.delete(deposit(FILE));
    assertEquals(Optional.empty(), claim(FILE));
    Files.delete(FILE.folder().in(inbox));
    assertEquals(Optional.empty(), claim(FILE));
    assertEquals(List.of(), spool.list(State.CLAIMED));
  }

  @Test
  void aPlaceThatSaysNothingSensibleIsToldAndNotTaken() throws IOException {
    Path own = spool.in(State.CLAIMED).resolve(ids.next().value());
    Files.createDirectories(own.resolve(".sub=..%2F.."));
    Files.createFile(own.resolve(".sub=..%2F../x"));
    IOException fault = assertThrows(IOException.class, () -> spool.entry(own));
    assertTrue(fault.getMessage().contains("is damaged"), fault.getMessage());
  }

  // --- the spool on another file system ---

  @Test
  void aClaimOverFileSystemsKeepsTheFolder() throws IOException {
    try (OtherFileSystem other = new OtherFileSystem(root)) {
      spool = new Spool(other.folder().resolve("spool"));
      Entry entry = claimed(FILE);
      assertEquals(FILE, entry.path());
      assertEquals(FILE.encoded(), Files.readString(entry.file()));
      assertEquals(Optional.of(entry), spool.find(entry.id()));
      assertEquals(List.of(), names(inbox.resolve(".navette")));
    }
  }

  @Test
  void aCrashAfterStagingOrWhileCopyingKeepsTheFolder() throws IOException {
    try (OtherFileSystem other = new OtherFileSystem(root)) {
      spool = new Spool(other.folder().resolve("spool"));
      FileId id = ids.next();
      Path staged = Origin.of(staging().resolve(id.value()), FILE.folder()).place();
      Files.createDirectories(staged);
      Files.writeString(FILE.name().in(staged), "content");
      Path own = spool.in(State.CLAIMED).resolve(id.value());
      Path half = Origin.of(own, FILE.folder()).place();
      Files.createDirectories(half);
      Files.writeString(half.resolve(TemporaryName.of(id)), "half of something longer");
      assertEquals(Optional.empty(), spool.entry(own));

      List<Entry> fetched = spool.fetchLeftInStaging(inbox).entries();
      assertEquals(List.of(FILE), fetched.stream().map(Entry::path).toList());
      assertEquals("content", Files.readString(fetched.get(0).file()));
      assertEquals(List.of(), names(inbox.resolve(".navette")));
    }
  }

  @Test
  void aCrashBeforeTheRenameIntoStagingLeavesNothing() throws IOException {
    try (OtherFileSystem other = new OtherFileSystem(root)) {
      spool = new Spool(other.folder().resolve("spool"));
      Files.createDirectories(
          Origin.of(staging().resolve(ids.next().value()), FILE.folder()).place());
      assertEquals(List.of(), spool.fetchLeftInStaging(inbox).entries());
      assertEquals(List.of(), names(inbox.resolve(".navette")));
    }
  }

  @Test
  void aFolderInTheFilesPlaceIsGivenBackToWhereItStood() throws IOException {
    try (OtherFileSystem other = new OtherFileSystem(root)) {
      spool = new Spool(other.folder().resolve("spool"));
      Path place = deposit(FILE);
      Files.delete(place);
      Files.createDirectory(place);
      assertEquals(Optional.empty(), claim(FILE));
      assertTrue(Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS));
      assertEquals(List.of(), spool.list(State.CLAIMED));
    }
  }

  private Path staging() throws IOException {
    Path staging = inbox.resolve(".navette");
    return Files.createDirectory(
        staging,
        java.nio.file.attribute.PosixFilePermissions.asFileAttribute(
            java.nio.file.attribute.PosixFilePermissions.fromString("rwx------")));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(each -> each.getFileName().toString()).toList();
    }
  }

  // --- replays ---

  @Test
  void aCopyThatIsSentOnceMoreHasTheFolderOfTheFirst() throws IOException {
    Path kept = Files.writeString(root.resolve("kept"), "content");
    Repeats repeats = new Repeats(spool);
    FileId first = ids.next();
    Entry entry = repeats.prepare(kept, FILE, ids.next(), first);
    assertTrue(repeats.isPrepared(entry));
    assertEquals(Optional.empty(), spool.entry(entry.folder()), "nobody takes it yet");
    assertEquals(List.of(entry.id()), repeats.left());
    repeats.admit(entry);
    assertEquals(Optional.of(entry), restarted().entry(entry.folder()));
    assertFalse(repeats.isPrepared(entry));

    Entry other = repeats.prepare(kept, FILE, ids.next(), first);
    repeats.discard(other.id());
    Entry third = repeats.prepare(kept, FILE, ids.next(), first);
    repeats.discard(third);
    assertEquals(List.of(entry.folder()), spool.list(State.AGAIN));
  }
}
