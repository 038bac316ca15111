package fr.epiconcept.navette.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.alert.Alert.Origin;
import fr.epiconcept.navette.flux.alert.Alerts;
import fr.epiconcept.navette.flux.alert.Condition;
import fr.epiconcept.navette.flux.alert.FluxMemory;
import fr.epiconcept.navette.flux.config.AlertClass;
import fr.epiconcept.navette.flux.config.AlertRules;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.log.LogLine;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lasts too long in one flux, with a clock that a test moves. */
class FluxLookTest {
  private static final FluxName LABO = new FluxName("labo");
  private final Instant start = InstantSource.system().instant();

  @TempDir Path root;
  private final AtomicReference<Instant> now = new AtomicReference<>(start);
  private final Turns turns = new Turns();
  private Alerts alerts;
  private FluxFolders folders;
  private FluxMemory memory;
  private Holds holds;

  @BeforeEach
  void layOut() throws Exception {
    folders = new FluxFolders(root.resolve("labo"), LABO);
    holds = new Holds(root.resolve("state"), Side.INGEST);
    alerts = new Alerts(new Origin("ingest", "files1"), turns);
    memory =
        new FluxMemory(
            LABO, alerts, now::get, () -> Duration.between(start, now.get()).toNanos(), 10);
  }

  @AfterEach
  void stop() {
    alerts.close();
    turns.close();
    folders.close();
  }

  private FluxLook look(Map<AlertClass, List<String>> commands) {
    AlertRules rules =
        new AlertRules(
            List.of("/bin/true"),
            commands,
            Duration.ofMinutes(15),
            Optional.of(Duration.ofHours(1)),
            Optional.of(Duration.ofHours(24)),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    FluxConfig flux =
        new FluxConfig(
            LABO,
            root,
            Optional.of(folders.section(Optional.empty(), Duration.ofMinutes(5))),
            Optional.empty(),
            rules);
    alerts.configure(rules, List.of(flux));
    return new FluxLook(flux, root.resolve("state"), memory, now::get);
  }

  private static Set<String> words(List<Condition> wrong) {
    Set<String> words = new TreeSet<>();
    wrong.forEach(each -> words.add(each.alert().word()));
    return words;
  }

  private void hold() throws IOException {
    holds.put(LABO, "ops", "upgrade", start, Optional.empty());
  }

  @Test
  void aFileThatWaitsAndOneThatDoesNotComeAreToldAfterTheirTime() throws Exception {
    FluxLook look = look(Map.of());
    Files.writeString(folders.inbox.resolve("a.hl7"), "x");
    assertEquals(new TreeSet<>(), words(look.now()));

    now.set(start.plus(Duration.ofHours(2)));
    assertEquals(new TreeSet<>(List.of("oldest")), words(look.now()));
    now.set(start.plus(Duration.ofHours(25)));
    assertEquals(new TreeSet<>(List.of("oldest", "silence")), words(look.now()));
    Files.delete(folders.inbox.resolve("a.hl7"));
    memory.logged(
        LABO,
        LogLine.parse(
                "2026-11-23T19:44:32.643+00:00 INFO "
                    + new FileId("01M84Z0JV38N63DNTHRZ7PR7PT")
                    + " deposited name=a.hl7")
            .orElseThrow());
    assertEquals(new TreeSet<>(), words(look.now()));
  }

  @Test
  void whileAFluxIsHeldItsFilesWaitOnPurpose() throws Exception {
    FluxLook look = look(Map.of());
    Files.writeString(folders.inbox.resolve("a.hl7"), "x");
    hold();
    now.set(start.plus(Duration.ofHours(2)));
    assertEquals(new TreeSet<>(List.of("held")), words(look.now()));

    holds.end(LABO);
    assertEquals(new TreeSet<>(List.of("oldest")), words(look.now()));
    hold();
    Files.delete(folders.inbox.resolve("a.hl7"));
    assertEquals(
        new TreeSet<>(List.of("held", "oldest")), words(look.now()), "what was told stays told");
  }

  @Test
  void nobodyLooksForWhatNobodyIsCalledFor() throws Exception {
    FluxLook look = look(Map.of(AlertClass.OLDEST, List.of()));
    Files.writeString(folders.inbox.resolve("a.hl7"), "x");
    now.set(start.plus(Duration.ofHours(2)));

    assertEquals(new TreeSet<>(), words(look.now()));
  }
}
