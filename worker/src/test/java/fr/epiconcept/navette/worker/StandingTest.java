package fr.epiconcept.navette.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.marks.MarkLine;
import fr.epiconcept.navette.flux.view.Held;
import fr.epiconcept.navette.flux.view.Waiting;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import fr.epiconcept.navette.worker.Progress.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandingTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final FileId ID = new FileIds(InstantSource.system()).next();
  private static final Instant WRITTEN = Instant.parse("2026-11-23T10:00:00Z");
  private static final Instant STARTED = Instant.parse("2026-11-23T09:59:00Z");
  private static final Instant AGAIN = Instant.parse("2026-11-23T10:05:00Z");
  private static final Optional<Held> FREE = Optional.empty();
  private static final Optional<Held> HELD =
      Optional.of(
          new Held(
              LABO,
              Side.WORKER,
              Instant.parse("2026-11-23T08:00:00Z"),
              Optional.empty(),
              "inventory",
              Optional.empty()));

  @TempDir Path storage;

  private MarkLine landing() {
    return MarkLine.of("landing", "folder", storage, "name", "a.hl7");
  }

  private Standing standing(MarkLine... lines) {
    return new Standing(LABO, ID, List.of(lines), WRITTEN, 5);
  }

  private static void assertStands(Place place, String why, Waiting file) {
    assertEquals(place, file.place());
    assertEquals(why, file.why());
  }

  @Test
  void aFileWhoseScriptRunsSaysSinceWhenAndWhichRun() throws IOException {
    Files.writeString(storage.resolve("a.hl7"), "12345");
    Waiting file = standing(landing(), Progress.started(2, STARTED)).waiting(true, true, FREE);
    assertStands(Place.PROCESSING, "its script runs, run 2 of 5", file);
    assertEquals(STARTED, file.since());
    assertEquals("a.hl7", file.name());
    assertEquals(5, file.bytes());
    assertEquals(Optional.of(storage.resolve("a.hl7").toString()), file.path());
  }

  @Test
  void aRunThatNobodySawTheEndOfIsNotCalledRunning() {
    Standing standing = standing(landing(), Progress.started(1, STARTED));
    assertStands(
        Place.PROCESSING,
        "its script was started, run 1 of 5, and nobody saw it end; the broker brings it again",
        standing.waiting(false, true, FREE));
    assertStands(
        Place.PROCESSING,
        "its script was started, run 1 of 5, and nobody saw it end; no daemon answers that would"
            + " say more",
        standing.waiting(false, false, FREE));
  }

  @Test
  void aFileWhoseScriptWaitsForAPlaceSaysSo() {
    assertStands(
        Place.PROCESSING,
        "its script waits for a place: as many run as worker.scripts of navette.yml allows",
        standing(landing()).inLine());
  }

  @Test
  void aFileThatWaitsForItsNextRunSaysWhenAndWhy() {
    Waiting file =
        standing(landing(), Progress.started(1, STARTED), Progress.later(1, 75, AGAIN))
            .waiting(true, true, FREE);
    assertStands(Place.LATER, "its script asked for another run (exit 75, run 1 of 5)", file);
    assertEquals(Optional.of(AGAIN), file.next());
    assertEquals(WRITTEN, file.since());
    assertEquals(
        Place.LATER,
        standing(landing(), Progress.started(1, STARTED), Progress.later(1, 75, AGAIN))
            .waiting(false, false, FREE)
            .place());
  }

  @Test
  void aScriptThatCannotBeStartedIsNamed() {
    Waiting file =
        standing(landing(), Progress.started(1, STARTED), Progress.later(0, 0, AGAIN))
            .waiting(true, true, FREE);
    assertStands(Place.LATER, "its script cannot be started; the log says why", file);
  }

  @Test
  void anEndThatTheFileServerDoesNotKnowIsOnItsWayHome() {
    Finished end =
        new Finished(Result.FAILED, Optional.of(3), Duration.ofSeconds(1), 1, "it answered 3");
    assertStands(
        Place.ANSWER,
        "failed (it answered 3); the file server has not said that it knows",
        standing(landing(), Progress.started(1, STARTED), Progress.finished(end))
            .waiting(false, true, HELD));
  }

  @Test
  void aHeldFluxHoldsWhatDoesNotRun() {
    Standing received = standing(landing());
    assertStands(Place.HELD, "the flux is held: inventory", received.waiting(false, true, HELD));
    Standing running = standing(landing(), Progress.started(1, STARTED));
    assertEquals(Place.PROCESSING, running.waiting(true, true, HELD).place());
    assertEquals(Place.HELD, running.waiting(false, true, HELD).place());
  }

  @Test
  void aFileThatIsBeingReceivedHasNoMarkYet() {
    Waiting file = standing().waiting(true, true, FREE);
    assertStands(Place.PROCESSING, "it is being received", file);
    assertEquals("", file.name());
  }
}
