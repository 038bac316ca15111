package fr.epiconcept.navette.flux.spool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FileName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolCountTest {
  @TempDir Path folder;
  private final FileIds ids = new FileIds(InstantSource.system());

  private FileId claim(Spool spool, String name) throws IOException {
    Path inbox = Files.createDirectories(folder.resolve("inbox"));
    Files.writeString(inbox.resolve(name), name);
    FileId id = ids.next();
    spool.claim(inbox, FileName.of(name), id, Optional.empty());
    return id;
  }

  @Test
  void countsByStateAndKnowsTheOldest() throws Exception {
    Path place = folder.resolve("spool");
    Spool spool = new Spool(place);
    FileId first = claim(spool, "first.hl7");
    claim(spool, "second.hl7");
    claim(spool, "third.hl7");
    spool.become(spool.find(first).orElseThrow(), Spool.State.PUBLISHED);
    FileId arrived = ids.next();
    new Records(place.resolve("arrived")).write(arrived, "arrived name=x");
    new Records(place.resolve("dead")).write(ids.next(), "arrived name=y");
    Files.writeString(place.resolve("arrived/.new-" + ids.next()), "half");

    SpoolCount count = SpoolCount.of(place);

    assertEquals(2, count.unsent());
    assertEquals(1, count.published());
    assertEquals(1, count.arrived());
    assertEquals(1, count.dead());
    assertEquals("first.hl7", count.oldestUnsent().orElseThrow().name().display());
    assertEquals(Optional.of(arrived), count.oldestArrived());
  }

  @Test
  void aSpoolThatIsNotThereIsEmptyAndIsNotMade() throws Exception {
    SpoolCount count = SpoolCount.of(folder.resolve("none"));
    assertEquals(new SpoolCount(0, 0, 0, 0, Optional.empty(), Optional.empty()), count);
    assertTrue(Files.notExists(folder.resolve("none")));
  }
}
