package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.view.LifeEvent;
import fr.epiconcept.navette.flux.view.Trace;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What several servers tell of a file becomes one story. */
class KnownTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final FileId FIRST = new FileId("01M84Z0JV38N63DNTHRZ7PR7PT");
  private static final FileId LATER = new FileId("01M84Z0K6ZAFNGE5BH3H0R6A0B");
  private static final FileId ACK = new FileId("01M84Z0PX9V7KBNGGSM9CGTJFA");

  private final Known known = new Known();

  private static JsonNode event(int second, FileId id, String event, String... values) {
    Map<String, String> more =
        values.length == 0 ? Map.of("name", "a.hl7") : Map.of(values[0], values[1]);
    LifeEvent told =
        new LifeEvent(
            Instant.parse("2026-11-24T10:00:00Z").plusSeconds(second),
            LABO,
            Optional.of(id),
            "INFO",
            event,
            more);
    return LiveJson.mapper().valueToTree(Map.of("event", told));
  }

  private static List<String> told(Story story) {
    return story.events().stream()
        .map(heard -> heard.server() + " " + heard.event().event())
        .toList();
  }

  private Story only() {
    List<Story> stories = known.stories();
    assertEquals(1, stories.size());
    return stories.get(0);
  }

  @Test
  void eventsOfBothServersAreToldByTime() throws IOException {
    known.add(
        "ingest",
        "daemon",
        List.of(
            event(1, FIRST, "deposited"),
            event(2, FIRST, "published"),
            event(5, FIRST, "transferred"),
            event(9, FIRST, "processed")));
    known.add(
        "front1",
        "daemon",
        List.of(
            event(4, FIRST, "received"), event(6, FIRST, "started"), event(8, FIRST, "output")));
    assertEquals(
        List.of(
            "ingest deposited",
            "ingest published",
            "front1 received",
            "ingest transferred",
            "front1 started",
            "front1 output",
            "ingest processed"),
        told(only()));
  }

  @Test
  void whatOneServerWroteKeepsItsOrderThoughItsClockStepsBack() throws IOException {
    known.add("ingest", "daemon", List.of(event(1, FIRST, "deposited"), event(9, FIRST, "dead")));
    known.add(
        "front1",
        "daemon",
        List.of(
            event(5, FIRST, "received"), event(2, FIRST, "started"), event(3, FIRST, "failed")));
    assertEquals(
        List.of(
            "ingest deposited",
            "front1 received",
            "front1 started",
            "front1 failed",
            "ingest dead"),
        told(only()));
  }

  @Test
  void aLogThatIsHeardTwiceIsToldOnceAndLinesThatAreAlikeAreAllTold() throws IOException {
    List<JsonNode> log =
        List.of(event(1, FIRST, "deposited"), event(2, FIRST, "output"), event(2, FIRST, "output"));
    known.add("ingest", "daemon", log);
    known.add("ingest", "disk", log);
    known.add("files1", "daemon", log);
    assertEquals(List.of("ingest deposited", "ingest output", "ingest output"), told(only()));
  }

  @Test
  void anAcknowledgementIsPartOfItsDepositsStoryWhoeverTellsOfIt() throws IOException {
    known.add(
        "ingest",
        "daemon",
        List.of(
            event(1, FIRST, "deposited"), event(9, FIRST, "acknowledged", "answer", ACK.value())));
    known.add(
        "front1",
        "daemon",
        List.of(
            event(5, ACK, "answer-found", "related", FIRST.value()), event(6, ACK, "published")));
    assertEquals(
        List.of(
            "ingest deposited", "front1 answer-found", "front1 published", "ingest acknowledged"),
        told(only()));
    assertEquals(FIRST, only().id());
  }

  @Test
  void anAcknowledgementIsKnownByWhatTheFileServerSaysOfItAlone() throws IOException {
    known.add("front1", "daemon", List.of(event(6, ACK, "published")));
    known.add(
        "ingest",
        "daemon",
        List.of(
            event(1, FIRST, "deposited"), event(9, FIRST, "acknowledged", "answer", ACK.value())));
    assertEquals(
        List.of("ingest deposited", "front1 published", "ingest acknowledged"), told(only()));
  }

  @Test
  void theNewestStoryComesFirstAndAFileOfWhichNoLogTellsIsOneToo() throws IOException {
    known.add("ingest", "daemon", List.of(event(1, FIRST, "deposited")));
    Trace kept =
        new Trace(
            LABO,
            Optional.of(LATER),
            "archive",
            "a",
            "/archive/a",
            Optional.of(1L),
            Optional.empty());
    known.add("front1", "daemon", List.of(LiveJson.mapper().valueToTree(Map.of("trace", kept))));
    assertEquals(List.of(LATER, FIRST), known.stories().stream().map(Story::id).toList());
  }
}
