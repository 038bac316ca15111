package fr.epiconcept.navette.e2e;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import fr.epiconcept.navette.cli.JsonSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Both daemons call somebody: by a program that keeps its standard input, and by the sample. */
@ExtendWith(TellsOnFailure.class)
class AlertsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path DIST = Path.of(System.getProperty("navette.dist"));

  @TempDir Path folder;

  private Path executable(String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\n" + text);
    return Files.setPosixFilePermissions(file, fromString("rwxr-xr-x"));
  }

  private List<JsonNode> told() throws IOException {
    List<JsonNode> all = new ArrayList<>();
    Path file = folder.resolve("told");
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        JsonSchemas.check("alert", line);
        all.add(JSON.readTree(line));
      }
    }
    return all;
  }

  private JsonNode awaitAlert(String side, String alert, boolean over) throws IOException {
    TwoServers.awaitThat(
        alert + " is told by " + side,
        () -> told().stream().anyMatch(each -> is(each, side, alert, over)));
    return told().stream().filter(each -> is(each, side, alert, over)).findFirst().orElseThrow();
  }

  private static boolean is(JsonNode each, String side, String alert, boolean over) {
    return each.get("alert").asText().equals(alert)
        && each.get("side").asText().equals(side)
        && each.get("over").asBoolean() == over;
  }

  @Test
  void whatGoesWrongIsToldByTheServerThatSeesIt() throws Exception {
    Path tell = executable("tell", "cat >> '" + folder + "/told'\n");
    Path sendmail = executable("sendmail", "cat >> '" + folder + "/mails'\n");
    Path mail = DIST.resolve("conf/alerts/alert-mail");
    Flux labo =
        Flux.named("labo")
            .check("! grep -q REFUSED \"$1\"\n")
            .script("grep -q FAILS \"$NAVETTE_FILE\" && exit 1\n" + Flux.ANSWERS)
            .worker("on-failure: stop");
    try (TwoServers servers =
        TwoServers.in(folder)
            .alerts(
                "command: [" + tell + "]",
                "commands: {dead: [" + mail + ", --sendmail, " + sendmail + ", ops@example.org]}",
                "worker-away: 2s")
            .with(labo)) {
      servers.startBoth();

      servers.deposit("labo", "bad.hl7", "REFUSED");
      JsonNode quarantined = awaitAlert("ingest", "quarantined", false);
      assertEquals("bad.hl7", quarantined.get("name").asText());
      assertEquals("labo", quarantined.get("flux").asText());
      assertEquals(26, quarantined.get("id").asText().length());

      servers.deposit("labo", "fails.hl7", "FAILS");
      assertTrue(awaitAlert("worker", "held", false).get("message").asText().contains("labo"));
      Path mails = folder.resolve("mails");
      TwoServers.awaitThat(
          "the dead letter is mailed",
          () -> Files.exists(mails) && Files.readString(mails).contains("alert: dead\n"));
      assertTrue(Files.readString(mails).startsWith("To: ops@example.org\nSubject: [navette] "));

      servers.worker().end();
      JsonNode away = awaitAlert("ingest", "worker-away", false);
      assertEquals(TwoServers.WORKER, away.get("values").get("account").asText());
      assertFalse(away.has("flux"));

      Files.delete(folder.resolve("front/state/hold/labo"));
      servers.worker().start();
      JsonNode back = awaitAlert("ingest", "worker-away", true);
      assertEquals(away.get("since"), back.get("since"));
      servers.deposit("labo", "good.hl7", "PID");
      servers.awaitIdle();

      servers.ingest().end();
      JsonNode cut = awaitAlert("worker", "worker-away", false);
      assertEquals("files1", cut.get("values").get("broker").asText());
      assertFalse(cut.get("values").get("reason").asText().isEmpty(), cut::toString);
      servers.ingest().start();
      assertEquals(cut.get("since"), awaitAlert("worker", "worker-away", true).get("since"));
    }
  }
}
