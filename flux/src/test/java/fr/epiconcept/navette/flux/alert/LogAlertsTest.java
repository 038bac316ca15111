package fr.epiconcept.navette.flux.alert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.log.FluxLogs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a line of a real log to a real program. */
class LogAlertsTest {
  private static final FileId A = new FileId("01M84Z0JV38N63DNTHRZ7PR7PT");
  private static final FileId B = new FileId("01M84Z0K6ZAFNGE5BH3GQ9GNBA");

  @TempDir Path folder;
  private Told told;
  private FluxLogs logs;
  private FluxLog log;
  private FluxMemory memory;

  @BeforeEach
  void start() throws Exception {
    told = new Told(folder).with("cat >> \"$TOLD\"");
    memory = new FluxMemory(Told.LABO, told.alerts, () -> Told.START, told.nanos::get, 3);
    logs = new FluxLogs();
    logs.tell(new LogAlerts(told.alerts));
    logs.tell(memory);
    log = logs.open(Told.LABO, folder.resolve("labo.log"));
  }

  @AfterEach
  void stop() {
    logs.close();
    told.close();
  }

  @Test
  void linesThatSomebodyMustReadAreAlertsAndOthersAreNot() throws Exception {
    log.info(A, "deposited", "name", "a.hl7");
    log.info(A, "interrupted", "exit", 1);
    log.warn(A, "quarantined", "name", "a.hl7", "reason", "the check answered 1");
    log.warn(B, "dead", "reason", "exit 1", "round", 1);
    log.warn(B, "interrupted", "attempt", 1, "then", "rerun");
    log.error(null, "suspended", "reason", "the disk is full");
    log.warn(A, "check-not-yet", "reason", "75");

    List<JsonNode> all = told.awaitTold(4);
    assertEquals(
        new TreeSet<>(Set.of("quarantined", "dead", "interrupted", "suspended")),
        all.stream()
            .map(it -> it.get("alert").asText())
            .collect(Collectors.toCollection(TreeSet::new)));
    JsonNode quarantined =
        all.stream().filter(it -> it.get("alert").asText().equals("quarantined")).findFirst().get();
    assertEquals(A.value(), quarantined.get("id").asText());
    assertEquals("a.hl7", quarantined.get("name").asText());
    assertEquals(
        "a.hl7 is in quarantine: the check answered 1", quarantined.get("message").asText());
    assertEquals("quarantined", quarantined.get("values").get("event").asText());
  }

  @Test
  void eachEventHasItsClassAndWordsOfItsOwn() throws Exception {
    log.warn(A, "quarantined", "name", "a.hl7", "reason", "no");
    log.error(A, "dead-without-content", "archive", "/x", "reason", "gone");
    log.warn(A, "interrupted", "attempt", 1, "then", "hold");
    log.error(null, "receives-nothing", "reason", "refused");

    List<JsonNode> all = told.awaitTold(4);
    assertEquals(
        Set.of(
            "quarantined: a.hl7 is in quarantine: no",
            "dead: " + A + " failed, and its content is no longer in the archive: gone",
            "interrupted: the script was interrupted while it had " + A + " (then: hold)",
            "suspended: flux labo receives nothing: refused"),
        all.stream()
            .map(it -> it.get("alert").asText() + ": " + it.get("message").asText())
            .collect(Collectors.toSet()));
  }

  @Test
  void aSuspendedFluxIsToldToGoOnWhenTheLastOfItsFaultsIsOver() throws Exception {
    log.error(null, "suspended", "reason", "the disk is full");
    log.error(A, "script-not-started", "reason", "no such program");
    JsonNode begun = told.awaitTold(1).get(0);
    log.info(null, "goes-on", "after", "the disk is full");
    log.info(B, "processed", "exit", 0);
    assertTrue(told.told().stream().noneMatch(it -> it.get("over").asBoolean()));
    log.info(A, "processed", "exit", 0);

    JsonNode over = told.awaitTold(2).get(1);
    assertEquals("suspended", over.get("alert").asText());
    assertTrue(over.get("over").asBoolean(), over::toString);
    assertEquals("flux labo goes on", over.get("message").asText());
    assertEquals(begun.get("since"), over.get("since"));
    log.info(null, "goes-on");
    told.alerts.close();
    assertEquals(2, told.told().size(), "each end is told once");
  }

  @Test
  void aFaultThatTurnsIntoAnotherGoesOn() throws Exception {
    log.error(null, "suspended", "reason", "the disk is full");
    told.awaitTold(1);
    log.error(null, "suspended", "reason", "no right", "instead-of", "the disk is full");
    log.info(null, "goes-on", "after", "no right");

    assertTrue(told.awaitTold(2).get(1).get("over").asBoolean());
  }

  @Test
  void aFluxThatIsNotKnownTellsNothing() throws Exception {
    logs.open(new FluxName("other"), folder.resolve("other.log")).warn(A, "dead", "reason", "x");
    log.warn(A, "dead", "reason", "x");

    assertEquals("labo", told.awaitTold(1).get(0).get("flux").asText());
  }

  @Test
  void anAcknowledgementThatDoesNotComeIsToldOnce() throws Exception {
    log.info(A, "processed", "exit", 0);
    log.info(B, "processed", "exit", 0);
    log.info(B, "acknowledged", "answer", A, "name", "ack");
    told.nanos.addAndGet(Duration.ofMinutes(29).toNanos());
    memory.tellOverdue();
    told.nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    memory.tellOverdue();
    memory.tellOverdue();

    JsonNode overdue = told.awaitTold(1).get(0);
    assertEquals("acknowledgement", overdue.get("alert").asText());
    assertEquals(A.value(), overdue.get("id").asText());
    assertEquals(0, overdue.get("folded").asInt());
    assertTrue(overdue.get("message").asText().endsWith("within 30 m"), overdue::toString);
  }

  @Test
  void anAcknowledgementMayBeQuickerThanTheOutcome() throws Exception {
    log.info(A, "acknowledged", "answer", B, "name", "ack");
    log.info(A, "processed", "exit", 0);
    log.info(B, "processed", "exit", 0);
    told.nanos.addAndGet(Duration.ofHours(1).toNanos());
    memory.tellOverdue();

    JsonNode overdue = told.awaitTold(1).get(0);
    assertEquals(B.value(), overdue.get("id").asText());
    assertEquals(0, overdue.get("folded").asInt(), overdue::toString);
  }

  @Test
  void whatIsAwaitedIsBounded() throws Exception {
    for (int i = 10; i < 20; i++) {
      log.info(new FileId("01M84Z0JV38N63DNTHRZ7PR7" + i), "processed", "exit", 0);
    }
    told.nanos.addAndGet(Duration.ofHours(1).toNanos());
    memory.tellOverdue();
    Told.until(
        () -> {
          told.later(Duration.ofMinutes(15));
          assertEquals(3, told.told().stream().mapToInt(it -> 1 + it.get("folded").asInt()).sum());
        });
  }

  @Test
  void silenceBeginsAtTheStartAndEndsWithADeposit() {
    told.nanos.addAndGet(Duration.ofHours(23).toNanos());
    assertTrue(memory.silence().isEmpty());
    told.nanos.addAndGet(Duration.ofHours(1).toNanos());
    assertEquals("no file has come to flux labo for 1 d", memory.silence().orElseThrow().message());

    log.info(A, "deposited", "name", "a.hl7");

    assertTrue(memory.silence().isEmpty());
  }
}
