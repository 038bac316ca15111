package fr.epiconcept.navette.flux.alert;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.alert.Alert.Origin;
import fr.epiconcept.navette.flux.alert.Alerts.Event;
import fr.epiconcept.navette.flux.config.AlertClass;
import fr.epiconcept.navette.flux.config.AlertRules;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.core.ThrowingRunnable;

/** Alerts that a real program writes down, and a clock that a test moves. */
final class Told implements AutoCloseable {
  static final FluxName LABO = new FluxName("labo");
  static final Instant START = Instant.parse("2026-11-24T01:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  final Path folder;
  final AtomicLong nanos = new AtomicLong(Duration.ofDays(3).toNanos());
  final Turns turns = new Turns();
  final Alerts alerts;

  Told(Path folder) {
    this.folder = folder;
    long start = nanos.get();
    alerts =
        new Alerts(
            new Origin("ingest", "files1"),
            turns,
            () -> START.plusNanos(nanos.get() - start),
            nanos::get,
            new Alerts.Timing(
                Duration.ofMinutes(1), Duration.ofMillis(700), Duration.ofSeconds(5)));
  }

  /** A program that does {@code sh}; the alerts that it was given go to the file {@code $TOLD}. */
  List<String> program(String sh) throws IOException {
    Path file = folder.resolve("tell");
    Files.writeString(file, "#!/bin/sh\nTOLD='" + folder.resolve("told") + "'\n" + sh + "\n");
    Files.setPosixFilePermissions(file, fromString("rwxr-xr-x"));
    return List.of(file.toString());
  }

  Told with(String sh) throws IOException {
    configure(program(sh));
    return this;
  }

  static AlertRules rules(List<String> command) {
    return new AlertRules(
        command,
        Map.of(),
        Duration.ofMinutes(15),
        Optional.of(Duration.ofHours(1)),
        Optional.of(Duration.ofHours(24)),
        Optional.of(Duration.ofMinutes(30)),
        Optional.of(Duration.ofMinutes(10)),
        Optional.of(Duration.ofDays(30)));
  }

  /** As at a start, or at a reload. It looks again at what is due. */
  void configure(List<String> command) {
    AlertRules rules = rules(command);
    alerts.configure(rules, List.of(flux(rules)));
  }

  static FluxConfig flux(AlertRules rules) {
    return new FluxConfig(LABO, Path.of("/labo.yml"), Optional.empty(), Optional.empty(), rules);
  }

  void later(Duration time) {
    nanos.addAndGet(time.toNanos());
    configure(List.of(folder.resolve("tell").toString()));
  }

  void dead(String name) {
    alerts.happens(
        new Event(
            AlertClass.DEAD,
            LABO,
            Optional.empty(),
            Optional.of(name),
            START.plusNanos(1),
            name + " is a dead letter",
            Map.of("reason", "exit 1")));
  }

  static Condition disk() {
    return new Condition(
        AlertClass.DISK, Optional.empty(), "", START, "the disk is short", Map.of());
  }

  List<JsonNode> told() throws IOException {
    Path file = folder.resolve("told");
    List<JsonNode> all = new ArrayList<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        all.add(AlertSchema.fits(JSON.readTree(line)));
      }
    }
    return all;
  }

  List<JsonNode> awaitTold(int count) throws IOException {
    until(
        () -> {
          List<JsonNode> all = told();
          if (all.size() < count) {
            throw new AssertionError("only " + all.size() + " of " + count + " are told: " + all);
          }
        });
    return told();
  }

  static void until(ThrowingRunnable assertion) {
    await()
        .atMost(Duration.ofSeconds(20))
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptions()
        .untilAsserted(assertion);
  }

  @Override
  public void close() {
    alerts.close();
    turns.close();
  }
}
