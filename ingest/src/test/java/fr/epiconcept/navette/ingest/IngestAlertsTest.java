package fr.epiconcept.navette.ingest;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import fr.epiconcept.navette.broker.Certificates;
import fr.epiconcept.navette.broker.DiskGuard;
import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.AlertRules;
import fr.epiconcept.navette.flux.config.DaemonConfig.Broker;
import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import fr.epiconcept.navette.flux.config.DaemonConfig.IngestDaemon;
import fr.epiconcept.navette.flux.config.DaemonConfig.ServerTls;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What concerns no single flux, from a real broker, disk and certificate to a real program. */
class IngestAlertsTest {
  private static final FluxName LABO = new FluxName("labo");

  @TempDir Path root;
  private final Turns turns = new Turns();
  private List<String> command;
  private IngestAlerts alerts;
  private FluxFolders folders;

  @BeforeEach
  void writeProgram() throws Exception {
    Path tell = Files.writeString(root.resolve("tell"), "#!/bin/sh\ncat >>'" + root + "/told'\n");
    command = List.of(Files.setPosixFilePermissions(tell, fromString("rwxr-xr-x")).toString());
    Files.createDirectories(root.resolve("accounts"));
    Certificates.create(
        root.resolve("certs"), List.of("127.0.0.1"), InstantSource.system(), Duration.ofDays(3));
    alerts = new IngestAlerts(settings(), turns, InstantSource.system(), Duration.ofMillis(400));
    folders = new FluxFolders(root.resolve("labo"), LABO);
    FluxConfig labo =
        new FluxConfig(
            LABO,
            root,
            Optional.of(folders.section(Optional.empty(), Duration.ofMinutes(5))),
            Optional.empty(),
            rules());
    alerts.configure(rules(), List.of(labo));
  }

  @AfterEach
  void stop() {
    alerts.close();
    turns.close();
    folders.close();
  }

  private IngestDaemon settings() {
    Path certs = root.resolve("certs");
    return new IngestDaemon(
        root.resolve("spool"),
        root.resolve("state"),
        new Broker(
            root.resolve("broker"),
            Optional.empty(),
            new Endpoint(true, "127.0.0.1", 0),
            Optional.of(new ServerTls(certs.resolve("server.crt"), certs.resolve("server.key"))),
            root.resolve("accounts"),
            1 << 20));
  }

  private AlertRules rules() {
    AlertRules none = AlertRules.NONE;
    return new AlertRules(
        command,
        Map.of(),
        none.atMost(),
        none.oldest(),
        none.silence(),
        none.acknowledgement(),
        none.workerAway(),
        none.certificate());
  }

  private EmbeddedBroker broker() throws Exception {
    return EmbeddedBroker.start(settings().broker(), List.of(LABO));
  }

  private List<JsonNode> told(String alert) throws IOException {
    List<JsonNode> all = new ArrayList<>();
    Path file = root.resolve("told");
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        JsonNode each = new ObjectMapper().readTree(line);
        if (each.get("alert").asText().equals(alert)) {
          all.add(each);
        }
      }
    }
    return all;
  }

  private List<JsonNode> awaitTold(String alert, int count) throws IOException {
    await(count + " of " + alert)
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(30))
        .ignoreExceptions()
        .until(() -> told(alert).size() >= count);
    return told(alert);
  }

  @Test
  void aShortDiskAndACertificateNearItsEndAreToldAndThatTheyAreOver() throws Exception {
    try (EmbeddedBroker broker = broker()) {
      DiskGuard guard = new DiskGuard(settings().broker().data(), 1 << 20);
      assertFalse(guard.hasRoomFor(1L << 60), "nobody has a disk of an exbibyte");
      alerts.watch(broker, guard);

      JsonNode disk = awaitTold("disk", 1).get(0);
      assertFalse(disk.get("over").asBoolean());
      assertTrue(disk.get("message").asText().contains(root + "/broker is short"), disk::toString);
      assertEquals("1048576", disk.get("values").get("minFree").asText());
      JsonNode certificate = awaitTold("certificate", 1).get(0);
      assertEquals("2", certificate.get("values").get("daysLeft").asText());
      assertTrue(certificate.get("message").asText().contains("certs renew"));

      assertTrue(guard.hasRoomFor(1));
      Certificates.renew(
          root.resolve("certs"),
          root.resolve("certs/ca.key"),
          List.of(),
          false,
          InstantSource.system());
      assertTrue(awaitTold("disk", 2).get(1).get("over").asBoolean());
      assertTrue(awaitTold("certificate", 2).get(1).get("over").asBoolean());
      assertEquals(disk.get("since"), told("disk").get(1).get("since"));
    }
    assertEquals(List.of(), told("journal"), "it was not damaged");
  }

  @Test
  void aDamagedJournalIsTold() throws Exception {
    broker().close();
    try (Stream<Path> files = Files.list(root.resolve("broker/journal"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".amq")).toList()) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(20_000);
        }
      }
    }
    try (EmbeddedBroker broker = broker()) {
      assertTrue(broker.journalWasDamaged());
      alerts.watch(broker, new DiskGuard(settings().broker().data(), 1 << 20));

      JsonNode journal = awaitTold("journal", 1).get(0);
      assertTrue(journal.get("message").asText().contains("sent again"), journal::toString);
      assertFalse(journal.has("flux"));
    }
  }

  @Test
  void aFluxThatCannotStartIsToldOnceForEachReasonAndThatItHasStarted() throws Exception {
    alerts.down(LABO, "no such folder");
    alerts.down(LABO, "no such folder");
    JsonNode down = awaitTold("suspended", 1).get(0);
    alerts.up(LABO);
    alerts.up(LABO);

    List<JsonNode> all = awaitTold("suspended", 2);
    alerts.close();
    assertEquals(2, told("suspended").size());
    assertEquals("flux labo cannot go on: no such folder", down.get("message").asText());
    assertTrue(all.get(1).get("over").asBoolean());
    assertEquals("flux labo has started", all.get(1).get("message").asText());
  }
}
