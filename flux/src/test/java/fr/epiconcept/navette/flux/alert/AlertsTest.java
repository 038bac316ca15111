package fr.epiconcept.navette.flux.alert;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.alert.Alerts.Event;
import fr.epiconcept.navette.flux.config.AlertClass;
import fr.epiconcept.navette.flux.config.AlertRules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real programs, and a clock that is moved. */
class AlertsTest {
  private static final String WRITE = "cat >> \"$TOLD\"";

  @TempDir Path folder;
  private Told told;

  @BeforeEach
  void start() {
    told = new Told(folder);
  }

  @AfterEach
  void stop() {
    told.close();
  }

  private void stays(int count) {
    await()
        .during(Duration.ofMillis(300))
        .atMost(Duration.ofSeconds(10))
        .until(() -> told.told().size() == count);
  }

  @Test
  void theFirstIsToldAtOnceAndWhatFollowsIsOneAlertWithItsNumber() throws Exception {
    told.with(WRITE);

    told.dead("a.hl7");
    JsonNode first = told.awaitTold(1).get(0);
    told.dead("b.hl7");
    told.dead("c.hl7");
    told.dead("d.hl7");
    told.later(Duration.ofMinutes(14));
    stays(1);
    told.later(Duration.ofMinutes(1));
    JsonNode second = told.awaitTold(2).get(1);

    assertEquals("dead", first.get("alert").asText());
    assertEquals("labo", first.get("flux").asText());
    assertEquals("ingest", first.get("side").asText());
    assertEquals("files1", first.get("host").asText());
    assertEquals("a.hl7", first.get("name").asText());
    assertEquals("exit 1", first.get("values").get("reason").asText());
    assertEquals(0, first.get("folded").asInt());
    assertEquals("d.hl7", second.get("name").asText());
    assertEquals(2, second.get("folded").asInt());
    assertEquals("[\"b.hl7\",\"c.hl7\"]", second.get("examples").toString());
    told.later(Duration.ofDays(1));
    stays(2);
  }

  @Test
  void aStormIsTwoAlertsAndCountsThemAll() throws Exception {
    told.with("sleep 0.2; " + WRITE);

    long before = System.nanoTime();
    for (int i = 0; i < 10_000; i++) {
      told.dead("file" + i);
    }
    long took = System.nanoTime() - before;
    told.awaitTold(1);
    told.later(Duration.ofMinutes(15));
    List<JsonNode> all = told.awaitTold(2);
    stays(2);

    assertTrue(took < Duration.ofSeconds(3).toNanos(), "files waited " + took / 1_000_000 + " ms");
    assertEquals(10_000, all.stream().mapToLong(each -> 1 + each.get("folded").asLong()).sum());
    assertEquals(5, all.get(1).get("examples").size());
  }

  @Test
  void eachFluxAndEachClassHasALimitOfItsOwn() throws Exception {
    told.with(WRITE);

    told.dead("a.hl7");
    told.alerts.happens(AlertClass.JOURNAL, "the journal was damaged");

    List<JsonNode> all = told.awaitTold(2);
    assertEquals(
        List.of("dead", "journal"), all.stream().map(it -> it.get("alert").asText()).toList());
    assertFalse(all.get(1).has("flux"));
  }

  @Test
  void anAlertWhoseCommandFailsIsToldLaterTogetherWithWhatFollowed() throws Exception {
    Path broken = Files.createFile(folder.resolve("broken"));
    told.with("echo run >> '" + folder + "/runs'; [ -e '" + broken + "' ] && exit 3; " + WRITE);

    told.dead("a.hl7");
    Told.until(() -> assertEquals(1, Files.readAllLines(folder.resolve("runs")).size()));
    told.dead("b.hl7");
    stays(0);
    Files.delete(broken);
    told.later(Duration.ofMinutes(1));

    JsonNode both = told.awaitTold(1).get(0);
    assertEquals(1, both.get("folded").asInt());
    assertEquals("b.hl7", both.get("name").asText());
    assertEquals("[\"a.hl7\"]", both.get("examples").toString());
  }

  @Test
  void aCommandThatHangsIsEndedWithAllItsChildrenAndTheNextOneRuns() throws Exception {
    Path first = folder.resolve("first");
    told.with(
        "if mkdir '"
            + first
            + "'; then sleep 300 & echo $! > '"
            + first
            + "/pid'; wait; fi; "
            + WRITE);

    told.dead("a.hl7");
    told.alerts.happens(AlertClass.JOURNAL, "another");

    assertEquals("journal", told.awaitTold(1).get(0).get("alert").asText());
    long child = Long.parseLong(Files.readString(first.resolve("pid")).strip());
    Told.until(
        () -> assertFalse(ProcessHandle.of(child).map(ProcessHandle::isAlive).orElse(false)));
    told.later(Duration.ofMinutes(1));
    assertEquals("a.hl7", told.awaitTold(2).get(1).get("name").asText());
  }

  @Test
  void aCommandThatReadsNothingAndPrintsALotIsWellTold() throws Exception {
    told.with(
        "yes out | head -c 300000; yes err | head -c 300000 >&2; echo run >> '"
            + folder
            + "/runs'");

    told.alerts.happens(
        new Event(
            AlertClass.DEAD,
            Told.LABO,
            Optional.empty(),
            Optional.empty(),
            Told.START,
            "much to read",
            Map.of("reason", "x".repeat(1_000_000))));

    Path runs = folder.resolve("runs");
    Told.until(() -> assertEquals(1, Files.readAllLines(runs).size()));
    told.later(Duration.ofDays(1));
    await()
        .during(Duration.ofMillis(300))
        .atMost(Duration.ofSeconds(10))
        .until(() -> Files.readAllLines(runs).size() == 1);
  }

  @Test
  void whatLastsIsToldOnceAndItsEndOnce() throws Exception {
    told.with(WRITE);

    told.alerts.stands("daemon", List.of(Told.disk()));
    told.alerts.stands("daemon", List.of(Told.disk()));
    told.awaitTold(1);
    told.later(Duration.ofHours(3));
    told.alerts.stands("daemon", List.of());
    told.alerts.stands("daemon", List.of());
    List<JsonNode> all = told.awaitTold(2);
    stays(2);

    assertFalse(all.get(0).get("over").asBoolean());
    assertTrue(all.get(1).get("over").asBoolean());
    assertEquals("disk", all.get(1).get("alert").asText());
    assertEquals(Told.START.toString(), all.get(1).get("since").asText());
    assertEquals("2026-11-24T04:00:00Z", all.get(1).get("at").asText());
  }

  @Test
  void theEndOfWhatNobodyWasToldOfIsNoNews() throws Exception {
    told.with(WRITE);
    told.alerts.stands("daemon", List.of(Told.disk()));
    told.awaitTold(1);
    told.alerts.stands("daemon", List.of());
    told.awaitTold(2);

    // It flaps: within the limit neither its beginning nor its end is told.
    told.alerts.stands("daemon", List.of(Told.disk()));
    told.alerts.stands("daemon", List.of());
    stays(2);
    told.alerts.stands("daemon", List.of(Told.disk()));
    told.later(Duration.ofMinutes(15));

    JsonNode again = told.awaitTold(3).get(2);
    assertFalse(again.get("over").asBoolean());
    assertEquals(1, again.get("folded").asInt());
  }

  @Test
  void aBrokenCommandTellsNoEndWithoutItsBeginning() throws Exception {
    told.with("echo run >> '" + folder + "/runs'; exit 1");
    told.alerts.stands("daemon", List.of(Told.disk()));
    Told.until(() -> assertEquals(1, Files.readAllLines(folder.resolve("runs")).size()));

    told.alerts.stands("daemon", List.of());
    told.program(WRITE);
    told.later(Duration.ofDays(1));

    stays(0);
  }

  @Test
  void theEndOfTheDaemonWaitsForWhatIsDue() throws Exception {
    told.with("sleep 0.3; " + WRITE);
    told.dead("a.hl7");
    told.alerts.happens(AlertClass.JOURNAL, "another");

    told.close();

    assertEquals(2, told.told().size());
  }

  @Test
  void whatWasKeptBackToBeFoldedIsToldBeforeTheDaemonEnds() throws Exception {
    told.with(WRITE);
    told.dead("a.hl7");
    told.awaitTold(1);
    told.dead("b.hl7");
    told.dead("c.hl7");

    told.close();

    assertEquals(2, told.told().size());
    assertEquals(1, told.told().get(1).get("folded").asInt());
    told.dead("d.hl7");
    assertEquals(2, told.told().size());
  }

  @Test
  void withoutACommandNothingIsRunOrKept() throws Exception {
    told.configure(List.of());
    told.dead("a.hl7");
    told.alerts.stands("daemon", List.of(Told.disk()));

    told.program(WRITE);
    told.later(Duration.ofDays(1));

    stays(0);
  }

  @Test
  void otherSettingsAreInForceAtOnce() throws Exception {
    told.with(WRITE);
    List<String> command = List.of(folder.resolve("tell").toString());
    AlertRules onlyDead =
        new AlertRules(
            List.of(),
            Map.of(AlertClass.DEAD, command),
            Duration.ZERO,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    told.alerts.configure(onlyDead, List.of(Told.flux(onlyDead)));

    told.alerts.stands("daemon", List.of(Told.disk()));
    told.dead("a.hl7");
    told.awaitTold(1);
    told.dead("b.hl7");

    assertEquals("b.hl7", told.awaitTold(2).get(1).get("name").asText());
    told.alerts.configure(onlyDead, List.of());
    told.dead("c.hl7");
    stays(2);
  }

  @Test
  void theWordsInTheEnvironmentAreCleanWhateverAPartnerCallsAFile() throws Exception {
    told.with(
        "printf '%s|%s|%s|%s|' \"$NAVETTE_ALERT\" \"$NAVETTE_FLUX\" \"$NAVETTE_ID\""
            + " \"$NAVETTE_ALERT_SUBJECT\" > '"
            + folder
            + "/words'; printf '%s' \"$NAVETTE_ALERT_TEXT\" >> '"
            + folder
            + "/words'; "
            + WRITE);
    String id = "01M84Z0JV38N63DNTHRZ7PR7PT";

    told.alerts.happens(
        new Event(
            AlertClass.QUARANTINED,
            Told.LABO,
            Optional.of(new FileId(id)),
            Optional.of("é\nBcc: x@example.org\u202e"),
            Told.START,
            "é\nBcc: x@example.org is in quarantine",
            Map.of("reason", "bad\r\n.\r\nQUIT")));
    told.awaitTold(1);

    String words = Files.readString(folder.resolve("words"));
    assertTrue(
        words.startsWith(
            "quarantined|labo|"
                + id
                + "|[navette] files1 labo: quarantined|é?Bcc: x@example.org is"),
        words);
    assertFalse(words.contains("\nBcc"), words);
    assertFalse(words.contains("\n."), words);
    assertFalse(words.contains("\u202e"), words);
    assertTrue(words.contains("\nreason: bad??.??QUIT\n"), words);
  }
}
