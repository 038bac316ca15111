package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.cli.Merger.Told;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.view.More;
import fr.epiconcept.navette.flux.view.Serving;
import fr.epiconcept.navette.flux.view.Waiting;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MergerTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final Instant NOW = Instant.parse("2026-11-24T10:00:00Z");
  private final FileIds ids = new FileIds(InstantSource.system());
  private final Merger merger = new Merger(NOW, ZoneOffset.UTC);

  private static Waiting file(Place place, FileId id, String name, String why) {
    return new Waiting(
        LABO,
        place,
        Optional.of(id),
        name,
        1,
        NOW,
        why,
        place == Place.LATER ? Optional.of(NOW.plusSeconds(300)) : Optional.empty(),
        Optional.empty());
  }

  private static Serving serving(int concurrency, String... held) {
    return new Serving(LABO, concurrency, List.of(held).stream().findAny(), Optional.empty());
  }

  /** The file server's word on a file that waits in the queue. */
  private Waiting queued() {
    merger.workersHeard();
    return merger
        .fileServer(file(Place.QUEUE, ids.next(), "a", "published"), true)
        .orElseThrow()
        .file();
  }

  private static List<String> names(List<Told> told) {
    return told.stream().map(each -> each.file().place() + " " + each.file().name()).toList();
  }

  @Test
  void whatBothKnowIsOneLineAndTheWorkersWordCounts() {
    FileId id = ids.next();
    merger.worker(file(Place.PROCESSING, id, "a", "its script runs"), true);
    merger.workersHeard();
    assertEquals(List.of("PROCESSING a"), names(merger.first(LABO)));
    assertEquals(
        Optional.empty(), merger.fileServer(file(Place.QUEUE, id, "a", "published"), true));
    assertEquals(List.of(), merger.rest(true));
  }

  @Test
  void aFileThatTheWorkerHasNoNameOfGetsTheFileServers() {
    FileId id = ids.next();
    merger.worker(file(Place.PROCESSING, id, "", "it is being received"), true);
    assertEquals(List.of(), merger.first(LABO));
    Waiting both =
        merger.fileServer(file(Place.QUEUE, id, "a", "published"), true).orElseThrow().file();
    assertEquals("a", both.name());
    assertEquals("it is being received", both.why());
  }

  @Test
  void anOutcomeOnItsWayHomeIsToldWhileTheFileServerWaitsForIt() {
    FileId waits = ids.next();
    FileId dead = ids.next();
    FileId gone = ids.next();
    for (FileId id : List.of(waits, dead, gone)) {
      merger.worker(file(Place.ANSWER, id, id.value(), "processed"), true);
    }
    assertEquals(List.of(), merger.first(LABO));
    assertEquals(
        Place.ANSWER,
        merger.fileServer(file(Place.PROCESSING, waits, "w", ""), true).get().file().place());
    assertEquals(
        Place.DEAD, merger.fileServer(file(Place.DEAD, dead, "d", ""), true).get().file().place());
    assertEquals(List.of(), merger.rest(false));
    assertEquals(1, merger.rest(true).size(), "a file server that does not answer");
  }

  @Test
  void aDeadLetterThatWasSentBackIsWhereItIsNow() {
    FileId id = ids.next();
    merger.worker(file(Place.LATER, id, "", "its script asked for another run"), true);
    assertEquals(
        Place.LATER, merger.fileServer(file(Place.DEAD, id, "d", ""), true).get().file().place());
  }

  @Test
  void theQueueIsBehindTheFileThatIsWorkedOn() {
    merger.serves(serving(1));
    FileId first = ids.next();
    merger.worker(file(Place.LATER, first, "a", "its script asked for another run"), true);
    assertEquals("behind " + first + " (again later, at 10:05:00)", queued().why());
  }

  @Test
  void whereSeveralAreProcessedAtOnceNothingIsBehindAnother() {
    merger.serves(serving(2));
    merger.worker(file(Place.LATER, ids.next(), "a", ""), true);
    assertEquals("published", queued().why());
  }

  @Test
  void theQueueOfAHeldFluxIsHeld() {
    merger.serves(serving(1, "inventory"));
    assertEquals(Place.HELD, queued().place());
    assertEquals("the flux is held: inventory", queued().why());
  }

  @Test
  void whatIsOnlyCountedOfTheQueueOfAHeldFluxIsHeldToo() {
    More queue = new More(LABO, Place.QUEUE, 7, NOW);
    More dead = new More(LABO, Place.DEAD, 7, NOW);
    assertEquals(Place.QUEUE, merger.counted(queue).place());
    merger.serves(serving(1, "inventory"));
    assertEquals(new More(LABO, Place.HELD, 7, NOW), merger.counted(queue));
    assertEquals(dead, merger.counted(dead));
  }

  @Test
  void whereTwoServersTakeFilesNothingIsBehindAnother() {
    merger.serves(serving(1));
    merger.serves(serving(1));
    merger.worker(file(Place.LATER, ids.next(), "a", ""), true);
    assertEquals("published", queued().why());
  }

  @Test
  void theFirstProcessingServerToSpeakOfAFileIsBelieved() {
    FileId id = ids.next();
    merger.worker(file(Place.PROCESSING, id, "a", "its script runs"), true);
    merger.worker(file(Place.LATER, id, "a", "from its disk"), false);
    merger.workersHeard();
    List<Told> told = merger.first(LABO);
    assertEquals(List.of("PROCESSING a"), names(told));
    assertTrue(told.get(0).live());
  }

  @Test
  void aDeadLetterThatWasSentBackAndWaitsIsBehindTheFileThatIsWorkedOn() {
    merger.serves(serving(1));
    FileId first = ids.next();
    merger.worker(file(Place.PROCESSING, first, "a", "its script runs"), true);
    merger.workersHeard();
    Waiting back =
        merger
            .fileServer(
                file(Place.QUEUE, ids.next(), "b", "a dead letter that was sent back"), true)
            .orElseThrow()
            .file();
    assertEquals("behind " + first + " (its script runs)", back.why());
  }

  @Test
  void aFluxThatOneOfItsServersStillServesIsNotHeld() {
    merger.serves(serving(1, "inventory"));
    merger.serves(serving(1));
    assertEquals(Place.QUEUE, queued().place());
  }
}
