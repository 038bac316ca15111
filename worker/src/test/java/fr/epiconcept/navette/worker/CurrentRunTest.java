package fr.epiconcept.navette.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.file.FileIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurrentRunTest {
  private final FileId id = new FileIds(InstantSource.system()).next();

  @TempDir Path folder;
  private FileIdentity answer;
  private Instant changed;

  @BeforeEach
  void answer() throws Exception {
    answer = FileIdentity.of(Files.writeString(folder.resolve("ack"), "x"));
    changed = answer.changed().toInstant();
  }

  @Test
  void whatAppearsWhileTheOnlyScriptRunsIsItsAnswer() {
    CurrentRun current = new CurrentRun(true);
    current.begins(id, changed.minusSeconds(1));
    assertEquals(Optional.of(id), current.wrote(answer));
  }

  @Test
  void whatWasThereBeforeTheScriptBeganIsNot() {
    CurrentRun current = new CurrentRun(true);
    current.begins(id, changed.plusSeconds(1));
    assertEquals(Optional.empty(), current.wrote(answer));
  }

  @Test
  void whatAppearsAfterTheScriptEndedIsNot() {
    CurrentRun current = new CurrentRun(true);
    current.begins(id, changed.minusSeconds(1));
    current.ends();
    assertEquals(Optional.empty(), current.wrote(answer));
  }

  @Test
  void withSeveralScriptsAtOnceNothingIsGuessed() {
    CurrentRun current = new CurrentRun(false);
    current.begins(id, changed.minusSeconds(1));
    assertEquals(Optional.empty(), current.wrote(answer));
  }
}
