package fr.epiconcept.navette.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.ledger.Booked;
import fr.epiconcept.navette.flux.ledger.End;
import fr.epiconcept.navette.flux.ledger.Ledger;
import fr.epiconcept.navette.flux.ledger.LedgerView;
import fr.epiconcept.navette.flux.spool.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolPlaceTest {
  @TempDir Path root;
  private FluxFolders folders;
  private Path state;
  private Path old;
  private Path other;

  @BeforeEach
  void lay() throws Exception {
    folders = new FluxFolders(root.resolve("flux"), new FluxName("labo"));
    state = root.resolve("state");
    old = folders.spool.folder();
    other = root.resolve("other");
    start(old);
  }

  @AfterEach
  void close() throws Exception {
    folders.close();
  }

  private void start(Path spool) throws IOException {
    new SpoolPlace(state).becomes(spool, folders.log);
  }

  private static Collection<Booked> booked(Path spool) throws IOException {
    LedgerView books = LedgerView.of(spool);
    return books.days().isEmpty()
        ? List.of()
        : books.read(books.days().first(), id -> true).values();
  }

  @Test
  void takesTheBooksAlongToAnotherSpoolAndBack() throws Exception {
    Entry first = folders.claimed("a", "1");
    folders.ledger.claimed(first, 1);
    Files.delete(first.file());
    Files.delete(first.folder());

    start(other);
    assertEquals(List.of(first.id()), booked(other).stream().map(Booked::id).toList());
    assertTrue(folders.told("spool-moved").get(0).contains("days-of-books=1"));

    new Ledger(other, folders.log).ended(first.id(), End.PROCESSED);
    start(old);
    assertEquals(
        List.of(Optional.of(End.PROCESSED)), booked(old).stream().map(Booked::end).toList());
    start(old);
    assertEquals(2, folders.told("spool-moved").size());
  }

  @Test
  void theBooksThatTheOtherSpoolHadAlreadyAreKept() throws Exception {
    Entry first = folders.claimed("a", "1");
    Entry second = folders.claimed("b", "2");
    folders.ledger.claimed(first, 1);
    Files.createDirectory(other);
    new Ledger(other, folders.log).claimed(second, 1);
    for (Entry entry : List.of(first, second)) {
      Files.delete(entry.file());
      Files.delete(entry.folder());
    }

    start(other);

    assertEquals(List.of(first.id(), second.id()), booked(other).stream().map(Booked::id).toList());
  }

  @Test
  void leavesNoFileBehindInASpoolThatNobodyLooksAt() throws Exception {
    folders.claimed("a", "1");
    IOException refused = assertThrows(IOException.class, () -> start(other));
    assertTrue(refused.getMessage().contains(old + " and still has 1 files"), refused::getMessage);
    start(old);
  }

  @Test
  void leavesNoRecordBehindEither() throws Exception {
    Entry entry = folders.claimed("a", "1");
    Files.delete(entry.file());
    Files.delete(entry.folder());
    folders.dead.write(entry.id(), "arrived");
    IOException refused = assertThrows(IOException.class, () -> start(other));
    assertTrue(refused.getMessage().contains("0 files and 1 records"), refused::getMessage);
  }

  @Test
  void doesNotTakeASpoolThatIsNotMountedForAnEmptyOne() throws Exception {
    Files.move(old, root.resolve("away"));
    IOException refused = assertThrows(IOException.class, () -> start(other));
    assertTrue(refused.getMessage().contains("is it mounted?"), refused::getMessage);
    Files.delete(state.resolve("spool"));
    start(other);
  }

  @Test
  void doesNotTakeTheEmptyFolderOfADiskThatIsNotMountedForTheSameSpool() throws Exception {
    folders.claimed("a", "1");
    Path away = Files.move(old, root.resolve("away"));
    for (boolean folderIsThere : List.of(false, true)) {
      if (folderIsThere) {
        Files.createDirectory(old);
      }
      IOException refused = assertThrows(IOException.class, () -> start(old));
      assertTrue(refused.getMessage().contains("is it mounted?"), refused::getMessage);
    }
    Files.delete(old);
    Files.move(away, old);
    start(old);
  }

  @Test
  void aLinkToTheSameSpoolIsNoOther() throws Exception {
    folders.claimed("a", "1");
    start(Files.createSymbolicLink(other, old));
    assertEquals(List.of(), folders.told("spool-moved"));
  }
}
