package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.flux.live.LiveJson;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Where is a file? Asked on either server, with and without daemons. */
@ExtendWith(TellsOnFailure.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ShowTest {
  @TempDir static Path folder;
  private static TwoServers servers;

  @BeforeAll
  static void start() throws Exception {
    servers =
        TwoServers.in(folder)
            .with(
                Flux.named("labo")
                    .script(
                        "echo \"got $NAVETTE_NAME\"\n"
                            + "case $NAVETTE_NAME in bad*) exit 3;; slow*) exit 75;; esac\n"
                            + Flux.ANSWERS)
                    .worker("concurrency: 2", "retry: {attempts: 5, delay: 1h, max-delay: 1h}"));
    servers.startBoth();
    servers.deposit("labo", "good.hl7", "PID|1");
    servers.deposit("labo", "bad.hl7", "PID|2");
    servers.deposit("labo", "slow.hl7", "PID|3");
    TwoServers.awaitThat("good", () -> told("acknowledged") && told("dead"));
    TwoServers.awaitThat(
        "slow",
        () ->
            servers.workerLog("labo").stream()
                .anyMatch(line -> line.event().equals("again-later")));
  }

  private static boolean told(String event) throws Exception {
    return servers.ingestLog("labo").stream().anyMatch(line -> line.event().equals(event));
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  private static JsonNode show(DaemonProcess at, String what) throws Exception {
    Tool shown =
        Tool.run(Tool.NAVETTE, "show", "--json", "--config", at.config().toString(), what)
            .succeeded();
    String json = shown.said().substring(shown.said().indexOf("{\"sought\""));
    return LiveJson.mapper().readTree(json).get("files").get(0);
  }

  private static void toldOnEitherServer() throws Exception {
    JsonNode good = show(servers.ingest(), "good.hl7");
    assertEquals("processed", good.get("state").asText(), good.toString());
    assertTrue(good.get("words").asText().contains("ack-good.hl7 in out"), good.toString());
    assertEquals(good.get("id"), show(servers.worker(), "good.hl7").get("id"));
    assertEquals(good.get("id"), show(servers.ingest(), good.get("sha256").asText()).get("id"));
    assertEquals("processed", show(servers.worker(), "good.hl7").get("state").asText());
    JsonNode bad = show(servers.ingest(), "bad.hl7");
    assertEquals("dead", bad.get("state").asText(), bad.toString());
    assertTrue(bad.get("next").asText().contains("replay"), bad.toString());
    JsonNode slow = show(servers.worker(), "slow.hl7");
    assertEquals("waiting", slow.get("state").asText(), slow.toString());
    assertTrue(slow.get("waiting").get(0).has("next"), slow.toString());
    assertTrue(slow.get("events").toString().contains("got slow.hl7"), slow.toString());
  }

  @Test
  @Order(1)
  void tellsTheLifeOfEachFileWhileTheDaemonsRun() throws Exception {
    toldOnEitherServer();
  }

  @Test
  @Order(2)
  void tellsItFromLogsAndDiskWhenBothDaemonsAreDead() throws Exception {
    servers.killBoth();
    toldOnEitherServer();
  }

  @Test
  @Order(3)
  void saysHowFarItLookedForAFileThatNeverCame() throws Exception {
    Tool shown =
        Tool.run(
            Tool.NAVETTE, "show", "--config", servers.ingest().config().toString(), "never.hl7");
    assertEquals(1, shown.exit());
    assertTrue(shown.toString().contains("in 1 log back to 20"), shown.toString());
  }
}
