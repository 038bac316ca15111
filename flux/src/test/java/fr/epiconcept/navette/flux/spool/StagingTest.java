package fr.epiconcept.navette.flux.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.OtherFileSystem;
import fr.epiconcept.navette.flux.file.Branch;
import fr.epiconcept.navette.flux.spool.Spool.State;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A partner who puts a link in the place of the staging folder, between any two steps of a claim.
 * What works when nobody does so is in {@link SpoolTest}.
 */
class StagingTest {
  private static final FileName NAME = FileName.of("order.hl7");

  @TempDir Path root;
  private final FileIds ids = new FileIds(InstantSource.system());
  private OtherFileSystem other;
  private Path inbox;
  private Path strangers;
  private Spool spool;

  @BeforeEach
  void folders() throws IOException {
    other = new OtherFileSystem(root);
    inbox = Files.createDirectory(other.folder().resolve("inbox"));
    strangers = Files.createDirectory(other.folder().resolve("strangers"));
    spool = new Spool(root.resolve("spool"));
  }

  @AfterEach
  void clean() throws IOException {
    other.close();
  }

  @Test
  void aLinkPutThereBeforeTheClaimBringsNothingIntoAnotherFolder() throws IOException {
    Entry entry = deposit();
    try (Staging staging = Staging.make(inbox)) {
      putALinkInItsPlace();

      assertTrue(staging.take(Branch.top(inbox), entry));

      assertEquals(List.of(), in(strangers));
      assertTrue(staging.fetch(entry));
    }
    assertEquals("ours", Files.readString(entry.file()));
  }

  @Test
  void aLinkPutThereAfterTheClaimTakesNoFileOfAnotherFolder() throws IOException {
    Entry entry = deposit();
    Path theirs = strangersFile(entry.id());
    try (Staging staging = Staging.make(inbox)) {
      assertTrue(staging.take(Branch.top(inbox), entry));
      putALinkInItsPlace();

      assertTrue(staging.fetch(entry));
    }
    assertEquals("ours", Files.readString(entry.file()));
    assertEquals("theirs", Files.readString(theirs));
  }

  @Test
  void aLinkPutThereBeforeTheClaimsOfACrashAreListedTakesNoFileOfAnotherFolder()
      throws IOException {
    Entry entry = deposit();
    Path theirs = strangersFile(ids.next());
    try (Staging crashed = Staging.make(inbox)) {
      assertTrue(crashed.take(Branch.top(inbox), entry));
    }
    try (Staging staging = Staging.open(inbox).orElseThrow()) {
      putALinkInItsPlace();

      List<Entry> left = staging.left(spool.in(State.CLAIMED));

      assertEquals(List.of(entry), left);
      assertTrue(staging.fetch(entry));
    }
    assertEquals("ours", Files.readString(entry.file()));
    assertEquals("theirs", Files.readString(theirs));
  }

  @Test
  void whatFailsIsToldByTheNameOfTheFolder() throws IOException {
    Entry entry = deposit();
    try (Staging staging = Staging.make(inbox)) {
      assertTrue(staging.take(Branch.top(inbox), entry));
      Files.createDirectories(entry.folder());
      Files.writeString(entry.file(), "of somebody else");
      Files.delete(inbox.resolve(Spool.STAGING).resolve(entry.id().value()).resolve("order.hl7"));

      IOException fault = assertThrows(IOException.class, () -> staging.fetch(entry));

      assertTrue(fault.getMessage().startsWith(inbox + "/.navette/"), fault.getMessage());
    }
  }

  @Test
  void nothingStaysOpenHoweverAClaimEnds() throws IOException {
    deposit();
    assertTrue(spool.claim(inbox, NAME, ids.next(), Optional.empty()).isPresent());
    assertTrue(spool.claim(inbox, NAME, ids.next(), Optional.empty()).isEmpty());
    FileId taken = ids.next();
    try (Staging crashed = Staging.make(inbox)) {
      deposit();
      assertTrue(crashed.take(Branch.top(inbox), entry(taken)));
    }
    Files.createDirectories(entry(taken).folder());
    Files.writeString(entry(taken).file(), "of somebody else");
    assertTrue(spool.fetchLeftInStaging(inbox).fault().isPresent());
    Files.move(inbox.resolve(Spool.STAGING), inbox.resolve("aside"));
    Files.writeString(inbox.resolve(Spool.STAGING), "no folder");
    assertFalse(Staging.open(inbox).isPresent());

    assertEquals(List.of(), openIn(inbox));
  }

  private Entry deposit() throws IOException {
    Files.writeString(NAME.in(inbox), "ours");
    return entry(ids.next());
  }

  private Entry entry(FileId id) {
    return new Entry(id, Optional.empty(), spool.in(State.CLAIMED).resolve(id.value()), NAME);
  }

  private Path strangersFile(FileId id) throws IOException {
    Path own = Files.createDirectory(strangers.resolve(id.value()));
    return Files.writeString(NAME.in(own), "theirs");
  }

  private void putALinkInItsPlace() throws IOException {
    Path staging = inbox.resolve(Spool.STAGING);
    Files.move(staging, inbox.resolve("moved-away"));
    Files.createSymbolicLink(staging, strangers);
  }

  private static List<Path> in(Path folder) throws IOException {
    List<Path> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      files.forEach(all::add);
    }
    return all;
  }

  /** What this process has open in {@code folder}. */
  private static List<Path> openIn(Path folder) throws IOException {
    List<Path> open = new ArrayList<>();
    for (Path descriptor : in(Path.of("/proc/self/fd"))) {
      try {
        Path file = Files.readSymbolicLink(descriptor);
        if (file.startsWith(folder)) {
          open.add(file);
        }
      } catch (NoSuchFileException closedSince) {
        // The listing's own, for example.
      }
    }
    return open;
  }
}
