package fr.epiconcept.navette.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.Kept;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.flux.spool.Spool.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ArchiveTest {
  @TempDir Path root;
  private FluxFolders folders;

  @BeforeEach
  void lay() throws Exception {
    folders = new FluxFolders(root, new FluxName("labo"));
  }

  @AfterEach
  void close() {
    folders.close();
  }

  private Archive archive(Checkpoint checkpoint) {
    return new Archive(folders.archive(), folders.spool, folders.arrived, folders.log, checkpoint);
  }

  private void receipt(FileId... ids) throws IOException {
    archive(Checkpoint.NONE).take(List.of(ids), "era-1");
  }

  private Arrived record(FileId id) throws IOException {
    return Arrived.parse(id, folders.arrived.read(id).orElseThrow());
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"ARRIVED", "RECORDED", "ARCHIVED"})
  void aFileOfASubFolderKeepsItWhateverDies(Step step) throws Exception {
    Entry entry = folders.claimed("a/b c/x.hl7", "content");
    assertThrows(Crash.class, () -> archive(Crash.at(step)).take(List.of(entry.id()), "era-1"));
    new Spool(folders.spool.folder()).removeEmpty();
    receipt(entry.id());
    Path day = folders.archive().day(entry.id());
    assertEquals(day.resolve(entry.id() + "/a/b c/x.hl7"), folders.archived(entry));
    assertEquals("content", Files.readString(folders.archived(entry)));
    assertEquals(List.of(), folders.spool.list(State.CLAIMED), "nothing is left in the spool");
    assertEquals("a/b c/x.hl7", record(entry.id()).name().display());
    assertEquals(entry.path(), Kept.in(day).get(entry.id()).name(), "its place alone says it");
  }

  @ParameterizedTest
  @EnumSource(State.class)
  void aReceiptBringsTheFileToTheArchiveInWhateverStateTheSpoolHasIt(State state) throws Exception {
    Entry entry = folders.claimed("a b.hl7", "content");
    if (state != State.CLAIMED) {
      assertTrue(folders.spool.become(entry, state));
    }

    receipt(entry.id());

    assertEquals("content", Files.readString(folders.archived(entry)));
    assertEquals(Optional.empty(), folders.spool.find(entry.id()));
    assertEquals(List.of(), folders.spool.list(state));
    assertEquals(
        new Arrived(
            entry.id(),
            entry.path(),
            folders.archived(entry),
            Optional.of(ArchiveRoot.of(folders.archiveFolder)),
            7,
            Optional.empty(),
            1,
            "era-1"),
        record(entry.id()));
    assertEquals(1, folders.told("archived").size());
  }

  @Test
  void aReplayRemembersWhatItRepeats() throws Exception {
    FileId before = folders.newId();
    Files.writeString(folders.inbox.resolve("a"), "x");
    Entry entry =
        folders
            .spool
            .claim(folders.inbox, FileName.of("a"), folders.newId(), Optional.of(before))
            .orElseThrow();

    receipt(entry.id());

    assertEquals(Optional.of(before), record(entry.id()).replayOf());
    assertTrue(Files.exists(folders.archived(entry)));
  }

  @Test
  void allRecordsAreWrittenBeforeAnyFileMoves() throws Exception {
    Entry one = folders.claimed("one", "1");
    Entry two = folders.claimed("two", "2");
    List<String> order = new ArrayList<>();
    Checkpoint watching =
        (step, id) -> {
          order.add(step + " " + (id.equals(one.id()) ? "one" : "two"));
          if (step == Step.RECORDED) {
            assertTrue(folders.arrived.has(one.id()) && folders.arrived.has(two.id()));
          }
          if (step == Step.RECORDED && id.equals(one.id())) {
            assertTrue(Files.exists(one.file()) && Files.exists(two.file()));
          }
        };

    archive(watching).take(List.of(one.id(), two.id()), "era-1");

    assertEquals(
        List.of(
            "ARRIVED one",
            "ARRIVED two",
            "RECORDED one",
            "ARCHIVED one",
            "RECORDED two",
            "ARCHIVED two"),
        order);
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"ARRIVED", "RECORDED", "ARCHIVED"})
  void afterACrashAtAnyStepTheNextReceiptFinishesIt(Step step) throws Exception {
    Entry entry = folders.claimed("a", "content");
    assertThrows(Crash.class, () -> archive(Crash.at(step)).take(List.of(entry.id()), "era-1"));
    assertTrue(
        Files.exists(entry.file()) || folders.arrived.has(entry.id()),
        "a file that has left the spool has a record");

    receipt(entry.id());

    assertEquals("content", Files.readString(folders.archived(entry)));
    assertEquals(folders.archived(entry), record(entry.id()).archive());
    assertEquals(Optional.empty(), folders.spool.find(entry.id()));
  }

  @Test
  void aSecondReceiptChangesNothing() throws Exception {
    Entry entry = folders.claimed("a", "content");
    receipt(entry.id());
    receipt(entry.id());
    archive(Checkpoint.NONE).take(List.of(entry.id(), entry.id()), "era-2");

    assertEquals("content", Files.readString(folders.archived(entry)));
    assertEquals("era-1", record(entry.id()).era());
    assertEquals(1, folders.told("archived").size());
    try (var there = Files.list(folders.archived(entry).getParent())) {
      assertEquals(1, there.count());
    }
  }

  @Test
  void aReceiptTwiceInOneBatchArchivesOnce() throws Exception {
    Entry entry = folders.claimed("a", "content");
    receipt(entry.id(), entry.id());
    assertEquals("content", Files.readString(folders.archived(entry)));
    assertEquals(1, folders.told("archived").size());
  }

  @Test
  void anUnknownIdIsPassedOverAndTheOthersAreArchived() throws Exception {
    Entry entry = folders.claimed("a", "content");
    FileId unknown = folders.newId();

    receipt(unknown, entry.id());

    assertTrue(Files.exists(folders.archived(entry)));
    assertFalse(folders.arrived.has(unknown), "no record of what never was");
  }

  @Test
  void nothingInTheArchiveIsOverwritten() throws Exception {
    Entry entry = folders.claimed("a", "new");
    Files.createDirectories(folders.archived(entry).getParent());
    Files.writeString(folders.archived(entry), "old");

    receipt(entry.id());

    assertEquals("old", Files.readString(folders.archived(entry)));
    Path second = folders.archived(entry).resolveSibling(entry.id() + ".2-a");
    assertEquals("new", Files.readString(second));
    assertEquals(second, record(entry.id()).archive(), "the record names its own file");
  }

  @Test
  void anArchiveThatCannotBeWrittenLeavesTheFileInTheSpool() throws Exception {
    Entry entry = folders.claimed("a", "content");
    Files.delete(folders.archiveFolder);
    Files.writeString(folders.archiveFolder, "no folder");

    assertThrows(IOException.class, () -> receipt(entry.id()));
    assertEquals("content", Files.readString(entry.file()));

    Files.delete(folders.archiveFolder);
    Files.createDirectory(folders.archiveFolder);
    receipt(entry.id());
    assertEquals("content", Files.readString(folders.archived(entry)));
  }

  @Test
  void anArchiveThatIsAwayIsNotMadeAnewAndTheFileWaits() throws Exception {
    Entry entry = folders.claimed("a", "content");
    Path away = root.resolve("away");
    Files.move(folders.archiveFolder, away);

    IOException refused = assertThrows(IOException.class, () -> receipt(entry.id()));
    assertTrue(refused.getMessage().endsWith("is missing: is it mounted?"), refused::getMessage);
    assertEquals("content", Files.readString(entry.file()));
    assertFalse(Files.exists(folders.archiveFolder));

    Files.move(away, folders.archiveFolder);
    receipt(entry.id());
    assertEquals("content", Files.readString(folders.archived(entry)));
  }
}
