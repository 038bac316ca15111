package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What real commands print with {@code --json} where there is much to tell: {@link Tool} holds each
 * output against its schema, and here is seen that the keys that are rarely there were there.
 */
@ExtendWith(TellsOnFailure.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class JsonOutputTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;
  private static TwoServers servers;

  @BeforeAll
  static void aFileInEachState() throws Exception {
    servers =
        TwoServers.in(folder)
            .tls()
            .with(
                Flux.named("labo")
                    .check("! grep -q REFUSED \"$1\"\n")
                    .script("case $NAVETTE_NAME in bad*) exit 3;; esac\n" + Flux.ANSWERS),
                Flux.named("radio"));
    servers.startBoth();
    servers.deposit("labo", "refused.hl7", "REFUSED");
    servers.deposit("labo", "bad.hl7", "PID|1");
    servers.deposit("labo", "lost.hl7", "PID|2");
    servers.awaitIdle();
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  private static JsonNode navette(String server, int exit, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of(Tool.NAVETTE));
    command.addAll(List.of(words));
    command.addAll(List.of("--json", "--config", folder.resolve("etc-" + server).toString()));
    Tool ran = Tool.run(command.toArray(String[]::new));
    assertEquals(exit, ran.exit(), ran::said);
    String line =
        ran.said().lines().filter(each -> each.matches("[\\[{].*")).findFirst().orElseThrow();
    return JSON.readTree(line);
  }

  private static JsonNode first(JsonNode all, String key, String value) {
    for (JsonNode each : all) {
      if (each.at(key).asText().equals(value)) {
        return each;
      }
    }
    throw new AssertionError("nothing with " + key + " = " + value + " in " + all);
  }

  @Test
  @Order(1)
  void whoMayWorkAndUntilWhenIsTold() throws Exception {
    JsonNode accounts = navette("files", 0, "accounts", "list");
    assertEquals("[\"labo\",\"radio\"]", first(accounts, "/name", "front1").at("/fluxes") + "");
    Path certs = folder.resolve("etc-files/certs");
    JsonNode shown = navette("files", 0, "certs", "show", "--folder", certs.toString());
    assertEquals("127.0.0.1", shown.at("/1/names/0").asText() + shown.at("/0/names/0").asText());
  }

  @Test
  @Order(2)
  void whatIsHeldIsToldByBothServers() throws Exception {
    JsonNode put =
        navette("files", 0, "hold", "radio", "--until", "2099-01-01", "--why", "upgrade");
    assertEquals("upgrade", put.at("/0/why").asText());
    for (String server : List.of("files", "front")) {
      JsonNode held = first(navette(server, 0, "hold"), "/flux", "radio");
      assertTrue(held.has("until") && held.has("by"), held::toString);
    }
  }

  @Test
  @Order(3)
  void howItGoesIsToldByBothServers() throws Exception {
    TwoServers.awaitThat("the link for questions is up", () -> hears("front", "files1"));
    JsonNode status = navette("files", 1, "status");
    JsonNode ingest = first(status.get("daemons"), "/status/side", "INGEST");
    assertTrue(ingest.at("/status/broker/certificate/daysLeft").isNumber(), ingest::toString);
    JsonNode radio = first(status.get("fluxes"), "/status/flux", "radio");
    assertEquals("upgrade", radio.at("/status/held/why").asText());
    JsonNode labo = first(status.get("fluxes"), "/status/flux", "labo");
    assertTrue(labo.at("/status/lastFile/name").isTextual(), labo::toString);
    assertEquals("radio", first(status.get("wrong"), "/weight", "HELD").get("flux").asText());
  }

  private static boolean hears(String server, String from) throws Exception {
    JsonNode status = navette(server, 1, "status");
    return Stream.of(status.get("daemons"))
        .anyMatch(all -> all.findValuesAsText("from").contains(from));
  }

  @Test
  @Order(4)
  void theRemainderIsNamedAndWhatCannotBeReplayedSaysWhy() throws Exception {
    Path archived;
    try (Stream<Path> all = Files.walk(servers.flux("labo").archive())) {
      archived = all.filter(file -> file.toString().endsWith("-bad.hl7")).findFirst().orElseThrow();
    }
    JsonNode dry = navette("files", 0, "replay", "labo", "--dead", "--dry-run");
    assertEquals(archived.toString(), dry.at("/0/path").asText());
    assertFalse(dry.at("/0").has("as"), dry::toString);
    Files.delete(archived);

    JsonNode labo = first(navette("files", 1, "balance"), "/flux", "labo");
    assertEquals(1, labo.get("remainder").asInt(), labo::toString);
    assertEquals("bad.hl7", labo.at("/files/0/name").asText());
    JsonNode replayed = navette("files", 1, "replay", "labo", "--dead");
    assertTrue(replayed.at("/0").has("problem"), replayed::toString);
    JsonNode again = navette("files", 0, "replay", "labo", "--name", "lost.*");
    assertEquals(26, again.at("/0/as").asText().length());
  }

  @Test
  @Order(5)
  void whatAReloadWouldDoIsTold() throws Exception {
    Yaml.change(servers, "etc-files", "labo", "check:", "chek:");
    Path other = Files.createDirectory(folder.resolve("files/radio/other"));
    Yaml.change(servers, "etc-files", "radio", servers.flux("radio").archive() + "", other + "");
    Path main = folder.resolve("etc-files/navette.yml");
    Yaml.change(main, "files/state", "files/other-state");
    JsonNode check = navette("files", 2, "check", "--diff");
    assertEquals("ERROR", check.at("/faults/0/severity").asText());
    assertEquals("ingest.state", check.at("/reload/0/restart/0/key").asText());
    assertEquals("FAULTY", check.at("/reload/0/fluxes/0/what").asText());
    assertEquals("ingest.archive", check.at("/reload/0/fluxes/1/changes/0/key").asText());
    Yaml.change(servers, "etc-files", "labo", "chek:", "check:");
    Yaml.change(main, "files/other-state", "files/state");
  }

  @Test
  @Order(6)
  void withoutDaemonsTheDiskTells() throws Exception {
    servers.killBoth();
    assertTrue(navette("files", 3, "status").at("/absent/0").has("why"));
    assertTrue(navette("files", 0, "check", "--diff").at("/reload/0").has("silent"));
    JsonNode labo = first(navette("files", 1, "balance", "--all"), "/flux", "labo");
    assertEquals("disk", labo.get("source").asText());
    assertFalse(labo.has("from"), labo::toString);
  }
}
