package fr.epiconcept.navette.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.marks.MarkLine;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.view.Period;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerBooksTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final Period ALL = new Period(Optional.empty(), Optional.empty());

  @TempDir Path state;
  private final FileIds ids = new FileIds(InstantSource.system());

  private static MarkLine finished(String result) {
    return MarkLine.of("finished", "result", result);
  }

  @Test
  void countsWhatTheMarksKnow() throws Exception {
    Marks marks = new Marks(state.resolve("flux/labo/deposits"));
    FileId done = ids.next();
    marks.write(done, finished("processed"));
    marks.close(done);
    FileId failed = ids.next();
    marks.write(failed, finished("failed"));
    marks.write(ids.next(), MarkLine.of("landing"));
    FileId sentBack = ids.next();
    marks.write(sentBack, finished("failed"));
    marks.write(sentBack, Progress.again(2));
    FileId putDownAgain = ids.next();
    marks.write(putDownAgain, finished("processed"));
    marks.write(putDownAgain, Progress.again(1));

    assertEquals(new WorkerBooks(5, 2, 1, 2), WorkerBooks.of(LABO, state, ALL));
    Period before = new Period(Optional.empty(), Optional.of(done.time()));
    assertEquals(new WorkerBooks(0, 0, 0, 0), WorkerBooks.of(LABO, state, before));
  }

  @Test
  void aFluxThatNeverRanHasReceivedNothingAndNothingIsMade() throws Exception {
    assertEquals(new WorkerBooks(0, 0, 0, 0), WorkerBooks.of(LABO, state, ALL));
    assertFalse(Files.exists(state.resolve("flux")));
  }
}
