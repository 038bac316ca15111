package fr.epiconcept.navette.flux.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordsTest {
  private static final FileId ONE = new FileId("01ARZ3NDEKTSV4RRFFQ69G5FAV");
  private static final FileId TWO = new FileId("01ARZ3NDEMTSV4RRFFQ69G5FAV");

  @TempDir Path root;
  private Records arrived;

  @BeforeEach
  void open() throws IOException {
    arrived = new Records(root.resolve("arrived"));
  }

  @Test
  void keepsOneRecordAnId() throws IOException {
    arrived.write(ONE, "arrived name=a");
    arrived.write(ONE, "arrived name=é");
    arrived.sync();

    assertEquals(Optional.of("arrived name=é"), arrived.read(ONE));
    assertTrue(arrived.has(ONE));
    assertEquals(Optional.empty(), arrived.read(TWO));
    assertFalse(arrived.has(TWO));
  }

  @Test
  void manyAreWrittenAtOnceAndReplaceWhatTheyHad() throws IOException {
    arrived.write(ONE, "arrived name=old");
    arrived.writeAll(Map.of(ONE, "arrived name=new", TWO, "arrived name=other"));

    assertEquals(List.of(ONE, TWO), arrived.list());
    assertEquals(Optional.of("arrived name=new"), arrived.read(ONE));
    assertEquals(Optional.of("arrived name=other"), arrived.read(TWO));
  }

  @Test
  void whatAKillLeftHalfWrittenIsRemovedAtTheNextStart() throws IOException {
    Path half = Files.writeString(root.resolve("arrived/.new-" + ONE), "arri");
    arrived.write(TWO, "arrived name=b");

    Records next = new Records(root.resolve("arrived"));

    assertFalse(Files.exists(half));
    assertEquals(List.of(TWO), next.list());
  }

  @Test
  void aHalfWrittenRecordIsNone() throws IOException {
    Files.writeString(root.resolve("arrived/.new-" + ONE), "arri");

    assertEquals(List.of(), arrived.list());
    assertFalse(arrived.has(ONE));
    arrived.write(ONE, "arrived");
    assertEquals(List.of(ONE), arrived.list());
  }

  @Test
  void listsInOrderOfArrival() throws IOException {
    arrived.write(TWO, "arrived");
    arrived.write(ONE, "arrived");
    Files.createFile(root.resolve("arrived/notes"));

    assertEquals(List.of(ONE, TWO), new Records(root.resolve("arrived")).list());
    assertEquals(Optional.of(TWO), arrived.newest());
  }

  @Test
  void isRemovedOnceAndForAll() throws IOException {
    arrived.write(ONE, "arrived");
    arrived.remove(ONE);
    arrived.remove(ONE);
    assertEquals(List.of(), arrived.list());
    assertEquals(Optional.empty(), arrived.newest());
  }
}
