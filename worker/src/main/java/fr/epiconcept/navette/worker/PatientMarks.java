package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.marks.MarkLine;
import fr.epiconcept.navette.flux.marks.Marks;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Writes what a run has brought, however long the disk is full: given up, the script would have to
 * run once more. Only the daemon's stop ends the waiting; a lost link does not.
 */
final class PatientMarks {
  private static final Duration AFTER_FAULT = Duration.ofSeconds(5);

  private final Marks marks;
  private final FluxLog log;
  private final Duration rest;
  private final CountDownLatch stopping = new CountDownLatch(1);

  PatientMarks(Marks marks, FluxLog log) {
    this(marks, log, AFTER_FAULT);
  }

  /** Marks that are tried again after {@code rest}. */
  PatientMarks(Marks marks, FluxLog log, Duration rest) {
    this.marks = marks;
    this.log = log;
    this.rest = rest;
  }

  /** Writes a step before which nothing was done: if that fails, nothing is. */
  void writeOrFail(FileId id, MarkLine line) throws IOException {
    marks.write(id, line);
  }

  /**
   * Writes a step after which nothing may be done again.
   *
   * @throws IOException if the daemon stops before it could be written
   */
  void write(FileId id, MarkLine line) throws IOException, InterruptedException {
    String complaint = "";
    while (true) {
      try {
        marks.write(id, line);
        return;
      } catch (IOException e) {
        if (!e.toString().equals(complaint)) {
          complaint = e.toString();
          log.error(id, "suspended", "reason", complaint, "again-in", rest);
        }
        if (stopping.await(rest.toMillis(), TimeUnit.MILLISECONDS)) {
          throw e;
        }
      }
    }
  }

  /** From now on nobody waits. */
  void stop() {
    stopping.countDown();
  }
}
