package fr.epiconcept.navette.flux.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.OtherFileSystem;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.TemporaryName;
import fr.epiconcept.navette.flux.spool.Spool.State;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpoolTest {
  private static final FileName NAME = FileName.of(new byte[] {'a', (byte) 0xE9, '\n'});
  private static final FileId ANSWERED = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRS");

  @TempDir Path root;
  private final FileIds ids = new FileIds(InstantSource.system());
  private Path inbox;
  private Spool spool;

  @BeforeEach
  void folders() throws IOException {
    inbox = Files.createDirectory(root.resolve("inbox"));
    spool = new Spool(root.resolve("spool"));
  }

  // --- claims ---

  @Test
  void aClaimTakesTheFileOutOfItsSendersReach() throws IOException {
    Entry entry = claim();

    assertFalse(Files.exists(NAME.in(inbox), LinkOption.NOFOLLOW_LINKS));
    assertEquals("content", Files.readString(entry.file()));
    assertEquals(NAME, entry.name());
    assertEquals(List.of(entry.folder()), spool.list(State.CLAIMED));
    assertEquals(Optional.of(entry), spool.entry(entry.folder()));
    assertEquals(Optional.of(entry), spool.find(entry.id()));
  }

  @Test
  void aFileThatItsSenderTookBackLeavesNothing() throws IOException {
    assertEquals(Optional.empty(), spool.claim(inbox, NAME, ids.next(), Optional.empty()));
    assertEquals(List.of(), spool.list(State.CLAIMED));
  }

  @Test
  void aLinkIsClaimedAndNotWhatItLeadsTo() throws IOException {
    Path target = Files.writeString(root.resolve("target"), "content");
    Files.createSymbolicLink(NAME.in(inbox), target);

    Entry entry = spool.claim(inbox, NAME, ids.next(), Optional.empty()).orElseThrow();

    assertTrue(Files.isSymbolicLink(entry.file()));
    assertTrue(Files.exists(target));
  }

  @Test
  void remembersWhatAFileAnswersOrRepeats() throws IOException {
    put();
    Entry entry = spool.claim(inbox, NAME, ids.next(), Optional.of(ANSWERED)).orElseThrow();

    assertEquals(Optional.of(ANSWERED), spool.entry(entry.folder()).orElseThrow().related());
    assertEquals(Optional.of(entry), spool.find(entry.id()));
    assertEquals(Optional.empty(), spool.find(ANSWERED));
  }

  @Test
  void findsWhatWasClaimedInTheNameOfAnIdInOrderOfArrivalAndAfterARestart() throws IOException {
    List<Entry> answers = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      put();
      answers.add(spool.claim(inbox, NAME, ids.next(), Optional.of(ANSWERED)).orElseThrow());
      claim();
    }
    put();
    assertTrue(spool.claim(inbox, NAME, ids.next(), Optional.of(ids.next())).isPresent());

    assertEquals(answers, spool.claimedFor(ANSWERED));
    Spool restarted = new Spool(spool.folder());
    assertEquals(answers, restarted.claimedFor(ANSWERED));
    assertEquals(Optional.of(answers.get(2)), restarted.find(answers.get(2).id()));

    restarted.become(answers.get(0), State.PUBLISHED);
    restarted.remove(answers.get(1));
    assertEquals(answers.subList(2, 5), restarted.claimedFor(ANSWERED), "what is not sent yet");
    assertEquals(
        answers.get(0).id(), restarted.find(answers.get(0).id()).map(Entry::id).orElseThrow());
    assertEquals(Optional.empty(), restarted.find(answers.get(1).id()));
  }

  @Test
  void knowsTheNewestIdOfAllStatesSoThatIdsGoOnFromIt() throws IOException {
    assertEquals(Optional.empty(), spool.newest());
    claim();
    Entry newest = claim();
    spool.become(newest, State.PUBLISHED);
    assertEquals(Optional.of(newest.id()), spool.newest());

    FileIds setBack = new FileIds(() -> Instant.parse("2020-01-01T00:00:00Z"));
    new Spool(spool.folder()).newest().ifPresent(setBack::notBefore);
    put();
    Entry after = spool.claim(inbox, NAME, setBack.next(), Optional.empty()).orElseThrow();

    assertEquals(Optional.of(after.id()), spool.newest());
  }

  @Test
  void syncsTheClaimsOfATurn() throws IOException {
    spool.syncClaims(List.of());
    spool.syncClaims(List.of(claim(), claim()));
  }

  // --- states ---

  @Test
  void theStateIsTheFolderThatTheFileStandsIn() throws IOException {
    Entry entry = claim();
    for (State state : List.of(State.PUBLISHED, State.AGAIN, State.CLAIMED)) {
      assertTrue(spool.become(spool.find(entry.id()).orElseThrow(), state));

      Entry found = new Spool(spool.folder()).find(entry.id()).orElseThrow();
      assertEquals(List.of(found.folder()), spool.list(state));
      assertEquals("content", Files.readString(found.file()));
    }
  }

  @Test
  void aFileThatIsGoneBecomesNothing() throws IOException {
    Entry entry = claim();
    spool.remove(entry);
    spool.remove(entry);

    assertFalse(spool.become(entry, State.PUBLISHED));
    assertEquals(Optional.empty(), spool.find(entry.id()));
    assertEquals(Optional.empty(), spool.entry(entry.folder()));
    assertEquals(List.of(), spool.list(State.PUBLISHED));
  }

  @Test
  void listsInOrderOfArrivalAndNothingOfOthers() throws IOException {
    List<Path> claimed = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      claimed.add(claim().folder());
    }
    Files.createDirectory(spool.folder().resolve("claimed/lost+found"));
    Files.createFile(spool.folder().resolve("claimed/notes"));

    assertEquals(claimed, spool.list(State.CLAIMED));
  }

  @Test
  void removesFoldersThatACrashLeftWithoutAFile() throws IOException {
    Entry moved = claim();
    Files.delete(moved.file());
    Entry whole = claim();

    spool.removeEmpty();

    assertEquals(List.of(whole.folder()), spool.list(State.CLAIMED));
    assertFalse(Files.exists(moved.folder()));
  }

  // --- a new broker ---

  @Test
  void aNewBrokerIsSentWhatTheOldOneHad() throws IOException {
    spool.adopt("era1");
    Entry published = claim();
    spool.become(published, State.PUBLISHED);
    Entry claimed = claim();

    assertEquals(0, spool.adopt("era1"), "the same broker has what it has");
    assertEquals(1, spool.adopt("era2"));

    assertEquals(List.of(), spool.list(State.PUBLISHED));
    assertEquals(published.id(), only(State.AGAIN).id());
    assertEquals(claimed.id(), only(State.CLAIMED).id());
    assertEquals(0, new Spool(spool.folder()).adopt("era2"));
  }

  @Test
  void afterACrashWithinTheAdoptionItIsEnded() throws IOException {
    spool.adopt("era1");
    Entry first = claim();
    Entry second = claim();
    spool.become(first, State.PUBLISHED);
    spool.become(second, State.PUBLISHED);
    spool.become(spool.find(first.id()).orElseThrow(), State.AGAIN);

    assertEquals(1, new Spool(spool.folder()).adopt("era2"));
    assertEquals(2, spool.list(State.AGAIN).size());
  }

  private Entry only(State state) throws IOException {
    List<Path> folders = spool.list(state);
    assertEquals(1, folders.size());
    return spool.entry(folders.get(0)).orElseThrow();
  }

  // --- the inbox on another file system ---

  @Nested
  class WithTheInboxElsewhere {
    private OtherFileSystem other;
    private Path staging;

    @BeforeEach
    void elsewhere() throws IOException {
      other = new OtherFileSystem(root);
      inbox = other.folder();
      staging = inbox.resolve(".navette");
    }

    @AfterEach
    void clean() throws IOException {
      other.close();
    }

    @Test
    void aClaimCopiesAndLeavesNothingBehind() throws IOException {
      Entry entry = claim();

      assertEquals("content", Files.readString(entry.file()));
      assertEquals(List.of(), names(staging));
      assertEquals(List.of(".navette"), names(inbox));
      assertEquals(Optional.of(entry), spool.find(entry.id()));
    }

    @Test
    void aFileThatItsSenderTookBackLeavesNothing() throws IOException {
      assertEquals(Optional.empty(), spool.claim(inbox, NAME, ids.next(), Optional.empty()));
      assertEquals(List.of(), names(staging));
      assertEquals(List.of(), spool.list(State.CLAIMED));
    }

    @Test
    void aCrashAfterStagingIsMadeGood() throws IOException {
      FileId id = ids.next();
      stage(id.value());

      List<Entry> fetched = spool.fetchLeftInStaging(inbox).entries();

      assertEquals(List.of(id), fetched.stream().map(Entry::id).toList());
      assertEquals("content", Files.readString(fetched.get(0).file()));
      assertEquals(List.of(), names(staging));
    }

    @Test
    void aCrashWhileCopyingIsMadeGood() throws IOException {
      FileId id = ids.next();
      stage(id.value());
      Path own = Files.createDirectory(spool.folder().resolve("claimed").resolve(id.value()));
      Files.writeString(own.resolve(TemporaryName.of(id)), "half of something longer");
      assertEquals(Optional.empty(), spool.entry(own), "a half copy is no file of ours yet");
      spool.removeEmpty();

      spool.fetchLeftInStaging(inbox);

      assertEquals("content", Files.readString(spool.find(id).orElseThrow().file()));
      assertEquals(List.of(NAME.encoded()), names(own));
    }

    @Test
    void aCrashAfterCopyingIsMadeGood() throws IOException {
      FileId id = ids.next();
      Path staged = stage(id.value());
      Path own = Files.createDirectory(spool.folder().resolve("claimed").resolve(id.value()));
      Files.copy(staged, NAME.in(own));

      spool.fetchLeftInStaging(inbox);

      assertEquals("content", Files.readString(spool.find(id).orElseThrow().file()));
      assertEquals(List.of(), names(staging));
    }

    @Test
    void aCrashAroundAnEmptyFolderIsMadeGood() throws IOException {
      FileId id = ids.next();
      Files.delete(stage(id.value()));

      assertEquals(List.of(), spool.fetchLeftInStaging(inbox).entries());
      assertEquals(List.of(), names(staging));
    }

    @Test
    void aNameThatIsDepositedAgainAfterACrashIsAFileOfItsOwnAndTheOlderIsFirst()
        throws IOException {
      FileId older = ids.next();
      stage(older.value());
      Files.writeString(NAME.in(inbox), "newer");

      assertEquals(List.of(older), idsOf(spool.fetchLeftInStaging(inbox).entries()));
      Entry newer = spool.claim(inbox, NAME, ids.next(), Optional.empty()).orElseThrow();

      assertEquals("content", Files.readString(spool.find(older).orElseThrow().file()));
      assertEquals("newer", Files.readString(newer.file()));
      List<Path> both = spool.list(State.CLAIMED);
      assertEquals(
          List.of(older.value(), newer.id().value()),
          both.stream().map(own -> own.getFileName().toString()).toList());
    }

    @Test
    void whatWasLeftInStagingComesInOrderOfArrival() throws IOException {
      List<FileId> staged = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        FileId id = ids.next();
        stage(i % 2 == 0 ? id.value() : id + "." + ANSWERED);
        staged.add(id);
      }

      assertEquals(staged, idsOf(spool.fetchLeftInStaging(inbox).entries()));
    }

    @Test
    void aFolderInTheFilesPlaceIsGivenBackBesideOneOfItsName() throws IOException {
      FileId id = ids.next();
      Path staged = stage(id.value());
      Files.delete(staged);
      Files.createDirectory(staged);
      Files.createFile(staged.resolve("inner"));
      put();

      assertEquals(List.of(), spool.fetchLeftInStaging(inbox).entries());

      assertEquals("content", Files.readString(NAME.in(inbox)));
      assertEquals(List.of("inner"), names(NAME.numbered(2).in(inbox)));
      assertEquals(List.of(), names(staging));
    }

    private List<FileId> idsOf(List<Entry> entries) {
      return entries.stream().map(Entry::id).toList();
    }

    @Test
    void whatAStagedFileAnswersIsNotForgotten() throws IOException {
      FileId id = ids.next();
      stage(id + "." + ANSWERED);

      spool.fetchLeftInStaging(inbox);

      assertEquals(Optional.of(ANSWERED), spool.find(id).orElseThrow().related());
    }

    @Test
    void aLinkComesAlongAsALink() throws IOException {
      Files.createSymbolicLink(NAME.in(inbox), Path.of("/etc/passwd"));

      Entry entry = spool.claim(inbox, NAME, ids.next(), Optional.empty()).orElseThrow();

      assertEquals(Path.of("/etc/passwd"), Files.readSymbolicLink(entry.file()));
      assertEquals(List.of(), names(staging));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPipeBlocksNobody(boolean crashed) throws Exception {
      Path pipe = inbox.resolve("pipe");
      assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
      FileId id = ids.next();
      FileName name = FileName.of("pipe");
      if (crashed) {
        Path own = Files.createDirectories(staging.resolve(id.value()));
        Files.setPosixFilePermissions(staging, PosixFilePermissions.fromString("rwx------"));
        Files.move(pipe, own.resolve("pipe"));
        spool.fetchLeftInStaging(inbox);
      } else {
        spool.claim(inbox, name, id, Optional.empty());
      }

      Entry entry = spool.find(id).orElseThrow();
      assertFalse(FileIdentity.of(entry.file()).isRegular(), "it is refused, never sent");
      assertEquals(name, entry.name());
      assertEquals(List.of(), names(staging));
      spool.remove(entry);
      assertEquals(Optional.empty(), spool.find(id));
    }

    @Test
    void aFolderInTheFilesPlaceIsGivenBack() throws IOException {
      Files.createDirectory(inbox.resolve("sub"));
      Files.createFile(inbox.resolve("sub/inner"));

      assertEquals(
          Optional.empty(), spool.claim(inbox, FileName.of("sub"), ids.next(), Optional.empty()));

      assertEquals(List.of("inner"), names(inbox.resolve("sub")));
      assertEquals(List.of(), names(staging));
    }

    @Test
    void aStagingFolderThatIsNotOursAloneIsNeverRead() throws IOException {
      stage(ids.next().value());
      Files.setPosixFilePermissions(staging, PosixFilePermissions.fromString("rwxrwxrwx"));

      assertEquals(List.of(), spool.fetchLeftInStaging(inbox).entries());
      put();
      assertThrows(IOException.class, () -> spool.claim(inbox, NAME, ids.next(), Optional.empty()));
      assertTrue(Files.exists(NAME.in(inbox)), "and the file stays where it was");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file", "link", "folder of others"})
    void whatAPartnerPutsInThePlaceOfTheStagingFolderIsPutAsideAndStopsNobody(String what)
        throws IOException {
      switch (what) {
        case "file" -> Files.writeString(staging, "theirs");
        case "link" -> Files.createSymbolicLink(staging, root);
        default ->
            Files.setPosixFilePermissions(
                Files.createDirectory(staging), PosixFilePermissions.fromString("rwxrwxrwx"));
      }
      Files.createFile(inbox.resolve(".navette.2"));

      Entry entry = claim();

      assertEquals("content", Files.readString(entry.file()));
      Path aside = inbox.resolve(".navette.2.2");
      assertEquals(what.equals("link"), Files.isSymbolicLink(aside));
      assertEquals(what.equals("file"), Files.isRegularFile(aside, LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void aFileThatCannotBeFetchedStopsNoneBehindItAndIsFetchedLater() throws IOException {
      FileId stuck = ids.next();
      FileId behind = ids.next();
      stage(stuck.value());
      stage(behind.value());
      Path inItsWay = Files.createDirectories(spool.in(State.CLAIMED).resolve(stuck.value()));
      Files.writeString(NAME.in(inItsWay), "of somebody else");

      Spool.Fetched fetched = spool.fetchLeftInStaging(inbox);

      assertEquals(List.of(behind), idsOf(fetched.entries()));
      assertTrue(fetched.fault().isPresent());
      Files.delete(NAME.in(inItsWay));
      Spool.Fetched later = spool.fetchLeftInStaging(inbox);
      assertEquals(List.of(stuck), idsOf(later.entries()));
      assertEquals(Optional.empty(), later.fault());
    }

    /** When it takes files again, those behind would be sent before it. */
    @Test
    void aFullDiskStopsAllBehindTheFileThatItDoesNotTake() throws Exception {
      Path disk = Files.createDirectory(root.resolve("disk"));
      assumeTrue(
          run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()),
          "only root mounts a small file system");
      try {
        spool = new Spool(disk.resolve("spool"));
        FileId large = ids.next();
        FileId behind = ids.next();
        Files.write(stage(large.value()), new byte[2 << 20]);
        stage(behind.value());

        Spool.Fetched fetched = spool.fetchLeftInStaging(inbox);

        assertEquals(List.of(), idsOf(fetched.entries()));
        assertTrue(spool.isItsOwn(fetched.fault().orElseThrow()));
        Files.writeString(NAME.in(staging.resolve(large.value())), "small by now");
        assertEquals(List.of(large, behind), idsOf(spool.fetchLeftInStaging(inbox).entries()));
      } finally {
        run("umount", disk.toString());
      }
    }

    private boolean run(String... words) throws Exception {
      return new ProcessBuilder(words).inheritIO().start().waitFor() == 0;
    }

    @Test
    void aLinkInThePlaceOfTheStagingFolderIsNeverFollowed() throws IOException {
      Path strangers = Files.createDirectories(root.resolve("strangers"));
      Path own = Files.createDirectory(strangers.resolve(ids.next().value()));
      Files.writeString(own.resolve("secret"), "secret");
      Files.createSymbolicLink(staging, strangers);

      assertEquals(List.of(), spool.fetchLeftInStaging(inbox).entries());
      assertEquals("secret", Files.readString(own.resolve("secret")));
    }

    private Path stage(String label) throws IOException {
      Path own = Files.createDirectories(staging.resolve(label));
      Files.setPosixFilePermissions(staging, PosixFilePermissions.fromString("rwx------"));
      return Files.writeString(NAME.in(own), "content");
    }
  }

  // --- the parts of a test ---

  private void put() throws IOException {
    Files.writeString(NAME.in(inbox), "content");
  }

  private Entry claim() throws IOException {
    put();
    return spool.claim(inbox, NAME, ids.next(), Optional.empty()).orElseThrow();
  }

  private static List<String> names(Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      files.forEach(file -> names.add(FileName.of(file).encoded()));
    }
    names.sort(null);
    return names;
  }
}
