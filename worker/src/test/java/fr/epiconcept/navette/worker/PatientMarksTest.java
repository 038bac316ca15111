package fr.epiconcept.navette.worker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.marks.Marks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder that is away stands for the full disk: neither can be written. */
class PatientMarksTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path root;
  private Front front;
  private Marks marks;
  private Path open;
  private Path away;
  private FileId id;

  @BeforeEach
  void front() throws Exception {
    front = new Front(root);
    marks = new Marks(root.resolve("marks"));
    open = root.resolve("marks").resolve("open");
    away = root.resolve("away");
    id = front.ids.next();
  }

  @AfterEach
  void close() {
    front.close();
  }

  private static CompletableFuture<String> write(PatientMarks patient, FileId id) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            patient.write(id, Progress.started(1, Instant.EPOCH));
            return "written";
          } catch (IOException e) {
            return "given up";
          } catch (InterruptedException e) {
            return "interrupted";
          }
        });
  }

  @Test
  void whatARunBroughtIsWrittenWhenTheDiskIsWellAgain() throws Exception {
    PatientMarks patient = new PatientMarks(marks, front.log, Duration.ofMillis(20));
    Files.move(open, away);
    CompletableFuture<String> writing = write(patient, id);
    await().atMost(PATIENCE).until(() -> !front.lines("suspended").isEmpty());
    assertTrue(!writing.isDone());
    Files.move(away, open);
    await().atMost(PATIENCE).until(writing::isDone);
    assertEquals("written", writing.join());
    assertTrue(Progress.of(marks.read(id)).running());
  }

  @Test
  void theSameFaultIsSaidOnce() throws Exception {
    PatientMarks patient = new PatientMarks(marks, front.log, Duration.ofMillis(5));
    Files.move(open, away);
    CompletableFuture<String> writing = write(patient, id);
    await().atMost(PATIENCE).until(() -> !front.lines("suspended").isEmpty());
    await().during(Duration.ofMillis(300)).until(() -> front.lines("suspended").size() == 1);
    patient.stop();
    await().atMost(PATIENCE).until(writing::isDone);
  }

  @Test
  void theStopOfTheDaemonEndsTheWaiting() throws Exception {
    PatientMarks patient = new PatientMarks(marks, front.log, Duration.ofHours(1));
    Files.move(open, away);
    CompletableFuture<String> writing = write(patient, id);
    await().atMost(PATIENCE).until(() -> !front.lines("suspended").isEmpty());
    patient.stop();
    await().atMost(PATIENCE).until(writing::isDone);
    assertEquals("given up", writing.join());
  }

  @Test
  void aStepBeforeWhichNothingWasDoneIsNotWaitedFor() throws Exception {
    PatientMarks patient = new PatientMarks(marks, front.log, Duration.ofHours(1));
    Files.move(open, away);
    assertThrows(
        IOException.class, () -> patient.writeOrFail(id, Progress.started(1, Instant.EPOCH)));
  }
}
