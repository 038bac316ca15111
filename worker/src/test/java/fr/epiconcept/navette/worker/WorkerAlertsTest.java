package fr.epiconcept.navette.worker;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import fr.epiconcept.navette.broker.Certificates;
import fr.epiconcept.navette.flux.config.AlertRules;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What concerns no single flux, from real certificates to a real program. */
class WorkerAlertsTest {
  private static final Duration OFTEN = Duration.ofMillis(400);

  @TempDir Path root;

  private List<JsonNode> told() throws IOException {
    List<JsonNode> all = new ArrayList<>();
    Path file = root.resolve("told");
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        all.add(new ObjectMapper().readTree(line));
      }
    }
    return all;
  }

  private void awaitTold(int count) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(30))
        .ignoreExceptions()
        .until(() -> told().size() >= count);
  }

  private AlertRules rules() throws IOException {
    Path tell = Files.writeString(root.resolve("tell"), "#!/bin/sh\ncat >>'" + root + "/told'\n");
    Files.setPosixFilePermissions(tell, fromString("rwxr-xr-x"));
    AlertRules none = AlertRules.NONE;
    return new AlertRules(
        List.of(tell.toString()),
        Map.of(),
        none.atMost(),
        Optional.of(Duration.ofHours(1)),
        none.silence(),
        none.acknowledgement(),
        none.workerAway(),
        Optional.of(Duration.ofDays(30)));
  }

  private DaemonConfig.WorkerDaemon settings(Path ca) {
    BrokerAccess access =
        new BrokerAccess(
            new Endpoint(true, "files1", 61617),
            "front1",
            root.resolve("password"),
            Optional.of(ca));
    return new DaemonConfig.WorkerDaemon(
        root.resolve("state"), Duration.ofSeconds(5), Map.of("files1", access));
  }

  @Test
  void anAuthorityNearItsEndIsToldUntilAnotherStandsBesideIt() throws Exception {
    Path ca = root.resolve("ca.crt");
    Files.writeString(ca, authorityMade(Duration.ofDays(3640)));
    Turns turns = new Turns();
    try (WorkerAlerts alerts =
        new WorkerAlerts(settings(ca), turns, InstantSource.system(), OFTEN)) {
      alerts.configure(rules(), List.of());
      alerts.watch(Map.of());

      awaitTold(1);
      JsonNode ends = told().get(0);
      assertEquals("certificate", ends.get("alert").asText());
      assertEquals("worker", ends.get("side").asText());
      assertEquals("9", ends.get("values").get("daysLeft").asText());
      assertTrue(ends.get("message").asText().contains(ca + " ends on "), ends::toString);

      Files.writeString(ca, Files.readString(ca) + authorityMade(Duration.ZERO));
      awaitTold(2);
      assertTrue(told().get(1).get("over").asBoolean());
    } finally {
      turns.close();
    }
  }

  /** An authority lives for ten years. */
  private String authorityMade(Duration ago) throws IOException {
    Path folder = Files.createTempDirectory(root, "certs");
    InstantSource then = () -> InstantSource.system().instant().minus(ago);
    Certificates.create(folder, List.of("files1"), then);
    return Files.readString(folder.resolve("ca.crt"));
  }

  @Test
  void anAcknowledgementThatWaitsAndAFluxThatIsHeldAreToldAndThatTheyAreOver() throws Exception {
    Turns turns = new Turns();
    InstantSource later = () -> InstantSource.system().instant().plus(Duration.ofHours(2));
    try (Front front = new Front(root.resolve("front"));
        WorkerAlerts alerts = new WorkerAlerts(settings(root.resolve("ca")), turns, later, OFTEN)) {
      front.logs.tell(alerts);
      AlertRules rules = rules();
      FluxConfig labo =
          new FluxConfig(Front.LABO, root, Optional.empty(), Optional.of(front.section()), rules);
      alerts.configure(rules, List.of(labo));
      Path waits = Files.writeString(front.out.resolve("ack.hl7"), "x");
      awaitTold(1);
      assertEquals("oldest", told().get(0).get("alert").asText());
      assertEquals("ack.hl7", told().get(0).get("values").get("file").asText());
      Files.delete(waits);
      awaitTold(2);
      assertTrue(told().get(1).get("over").asBoolean());

      Holds holds = new Holds(root.resolve("state"), Side.WORKER);
      holds.put(Front.LABO, "ops", "upgrade", later.instant(), Optional.empty());
      front.log.warn(null, "held", "by", "ops");
      awaitTold(3);
      assertEquals("held", told().get(2).get("alert").asText());
      assertEquals("upgrade", told().get(2).get("values").get("why").asText());
      holds.end(Front.LABO);
      front.log.info(null, "resumed", "by", "ops");
      awaitTold(4);
      assertTrue(told().get(3).get("over").asBoolean());
    } finally {
      turns.close();
    }
  }
}
