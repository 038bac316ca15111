package fr.epiconcept.navette.flux.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

// It hears, or makes, what LogFile and LineLog tell the daemon's log.
@ResourceLock("daemon-log")
class FluxLogsTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final FluxName RADIO = new FluxName("radio");
  private static final FileId ID = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRS");
  private static final String NOW = "2026-11-23T18:04:09.123+01:00";

  @TempDir Path folder;
  private FluxLogs logs;
  private Path file;

  @BeforeEach
  void open() {
    Instant now = Instant.parse("2026-11-23T17:04:09.123456Z");
    logs = new FluxLogs(() -> now, ZoneId.of("Europe/Paris"));
    file = folder.resolve("labo.log");
  }

  @AfterEach
  void close() {
    logs.close();
  }

  @Test
  void writesOneEventALine() throws Exception {
    FluxLog log = logs.open(LABO, file);

    log.info(ID, "received", "name", FileName.of("a b.hl7"), "bytes", 2048L, "sha256", "9f86d0");
    log.warn(null, "held", "why", "maintenance");
    log.error(ID, "failed", "exit", 3, "left", null);

    assertEquals(
        List.of(
            NOW + " INFO " + ID + " received name=\"a b.hl7\" bytes=2048 sha256=9f86d0",
            NOW + " WARN - held why=maintenance",
            NOW + " ERROR " + ID + " failed exit=3"),
        Files.readAllLines(file));
  }

  @Test
  void spellsEachKindOfValueForPeople() throws Exception {
    FluxLog log = logs.open(LABO, file);
    FileName latin1 = FileName.of("r\u00e9sum\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    Path odd = Path.of(URI.create("file:///srv/depot%E9/a.hl7"));

    log.info(null, "kinds", "took", Duration.ofMillis(1234), "less", Duration.ofMillis(-5));
    log.info(null, "kinds", "day", Duration.ofDays(1), "at", Instant.parse("2026-11-23T17:00:00Z"));
    log.info(null, "kinds", "name", latin1, "path", Path.of("/srv/a b"), "odd", odd);
    log.info(null, "kinds", "some", Optional.of(Duration.ZERO), "none", Optional.empty());

    assertEquals(
        List.of(
            "took=1.234s less=-0.005s",
            "day=86400.000s at=2026-11-23T17:00:00Z",
            "name=\"r\\\\xE9sum\\\\xE9\" path=\"/srv/a b\" odd=\"/srv/depot\\\\xE9/a.hl7\"",
            "some=0.000s"),
        fields(file));
  }

  @Test
  void twoFluxesMayShareAFile() throws Exception {
    FluxLog labo = logs.open(LABO, file);
    FluxLog radio = logs.open(RADIO, folder.resolve("x/../labo.log"));
    labo.info(null, "one");
    radio.info(null, "two");
    logs.close(LABO);
    radio.info(null, "three");

    labo.info(null, "dropped");

    assertEquals(
        List.of(NOW + " INFO - one", NOW + " INFO - two", NOW + " INFO - three"),
        Files.readAllLines(file));
  }

  @Test
  void aFluxThatGetsAnotherFileGoesOnThere() throws Exception {
    FluxLog before = logs.open(LABO, file);
    before.info(null, "one");
    FluxLog after = logs.open(LABO, folder.resolve("new.log"));
    before.info(null, "two");
    after.info(null, "three");

    assertEquals(List.of(NOW + " INFO - one"), Files.readAllLines(file));
    assertEquals(
        List.of(NOW + " INFO - two", NOW + " INFO - three"),
        Files.readAllLines(folder.resolve("new.log")));
  }

  @Test
  void openingTwiceWritesOnce() throws Exception {
    logs.open(LABO, file);
    logs.open(LABO, file).info(null, "one");

    assertEquals(List.of(NOW + " INFO - one"), Files.readAllLines(file));
  }

  @Test
  void aMistakeInACallIsSeenAndThrowsNothing() throws Exception {
    FluxLog log = logs.open(LABO, file);
    try (DaemonLog daemon = new DaemonLog(LineLog.class)) {
      log.info(ID, "odd", "key");
      log.info(ID, "received", "a b", 1);
      log.info(ID, "received", "a", 1, "a", 2);
      log.info(ID, "no word");
      log.info(ID, "received", 1, 2);

      assertEquals(5, daemon.lines().size());
    }
    assertTrue(
        Files.readAllLines(file).stream()
            .allMatch(line -> line.startsWith(NOW + " ERROR " + ID + " log-fault why=")),
        () -> fields(file).toString());
    assertEquals(5, Files.readAllLines(file).size());
  }

  @Test
  void countsInALineOfItsOwnWhatItLost() throws Exception {
    FluxLog log = logs.open(LABO, folder.resolve("later/labo.log"));
    log.info(null, "one");
    log.info(null, "two");
    Files.createDirectory(folder.resolve("later"));
    log.info(null, "three");

    assertEquals(
        List.of(NOW + " WARN - log-gap lost=2", NOW + " INFO - three"),
        Files.readAllLines(folder.resolve("later/labo.log")));
  }

  private static List<String> fields(Path file) {
    try {
      return Files.readAllLines(file).stream().map(line -> line.split(" ", 5)[4]).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
