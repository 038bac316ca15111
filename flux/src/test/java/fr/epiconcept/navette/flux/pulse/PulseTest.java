package fr.epiconcept.navette.flux.pulse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.inbox.Inbox;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.log.FluxLogs;
import fr.epiconcept.navette.flux.view.FluxStatus.LastError;
import fr.epiconcept.navette.flux.view.FluxStatus.LastFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real log told. */
class PulseTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
  private static final Duration EVERY = Duration.ofSeconds(30);

  @TempDir Path folder;
  private final FluxLogs logs = new FluxLogs(InstantSource.fixed(NOON), ZoneOffset.UTC);
  private final AtomicLong nanos = new AtomicLong(42);
  private final Pulses pulses = new Pulses(nanos::get);
  private final FileIds ids = new FileIds(InstantSource.fixed(NOON));
  private FluxLog log;
  private Pulse pulse;

  @BeforeEach
  void open() {
    logs.tell(pulses);
    log = logs.open(LABO, folder.resolve("labo.log"));
    pulse = pulses.of(LABO);
  }

  @AfterEach
  void close() {
    logs.close();
  }

  @Test
  void knowsTheLastFileByItsNameThoughItsEndDoesNotSayIt() {
    FileId first = ids.next();
    FileId second = ids.next();
    log.info(first, "received", "name", "a.hl7");
    log.info(second, "received", "name", "b.hl7");
    log.info(second, "answered", "answer", ids.next(), "name", "ack-b.hl7");
    log.info(second, "processed", "exit", 0);
    assertEquals(
        Optional.of(new LastFile(second, Optional.of("b.hl7"), "processed", NOON)),
        pulse.lastFile());
    log.info(first, "failed", "exit", 3);
    log.warn(first, "dead", "reason", "exit 3");
    assertEquals("dead", pulse.lastFile().orElseThrow().outcome());
    assertEquals(Optional.of("a.hl7"), pulse.lastFile().orElseThrow().name());
  }

  @Test
  void aRunThatWasInterruptedIsNoEnd() {
    log.warn(ids.next(), "interrupted", "attempt", 1);
    assertEquals(Optional.empty(), pulse.lastFile());
  }

  @Test
  void aFaultLastsUntilTheLogSaysThatThisOneIsOver() {
    log.error(null, "suspended", "reason", "disk full");
    log.error(null, "suspended", "reason", "no right");
    assertTrue(error().lasts());
    assertEquals("no right", error().reason());

    log.info(null, "goes-on", "after", "no right");
    assertTrue(error().lasts(), "the disk is full still");
    assertEquals("disk full", error().reason());

    log.info(null, "goes-on", "after", "disk full");
    assertFalse(error().lasts());
    assertEquals("no right", error().reason(), "the last one that was told");
  }

  @Test
  void aFaultThatTurnsIntoAnotherDoesNotLastBesideIt() {
    log.error(null, "suspended", "reason", "disk full");
    log.error(null, "suspended", "reason", "no right", "instead-of", "disk full");
    log.info(null, "goes-on", "after", "no right");
    assertFalse(error().lasts());
  }

  @Test
  void whatKeepsOneFileIsOverWhenThatFileGoesOn() {
    FileId file = ids.next();
    log.error(file, "script-not-started", "reason", "no php");
    log.info(file, "again-later", "again-in", "1s");
    log.info(file, "started", "attempt", 1);
    log.info(ids.next(), "processed", "exit", 0);
    assertTrue(error().lasts(), "it has not run yet");
    log.info(file, "processed", "exit", 0);
    assertFalse(error().lasts());
  }

  @Test
  void anErrorThatIsNoStateDoesNotLast() {
    log.error(null, "refused-message", "queue", "flux.labo", "reason", "a riddle");
    assertFalse(error().lasts());
    assertEquals("a riddle", error().reason());
  }

  private LastError error() {
    return pulse.lastError().orElseThrow();
  }

  // --- scans ---

  private static Inbox.Glance glance(Optional<Duration> listedAgo, Duration age) {
    return new Inbox.Glance(listedAgo, age, EVERY, 0, Optional.empty(), Duration.ZERO);
  }

  private boolean overdue(Optional<Duration> listedAgo, Duration age) {
    return pulse.scan(glance(listedAgo, age), Optional.empty(), NOON).overdue();
  }

  @Test
  void aScanIsOverdueAfterThreeThatDidNotCome() {
    Duration day = Duration.ofDays(1);
    assertFalse(overdue(Optional.of(Duration.ofSeconds(90)), day));
    assertTrue(overdue(Optional.of(Duration.ofSeconds(91)), day));
    assertFalse(overdue(Optional.empty(), Duration.ofSeconds(90)));
    assertTrue(overdue(Optional.empty(), Duration.ofSeconds(91)));
  }

  @Test
  void aTurnThatTakesThousandsAwayListsNothingAndIsNotOverdue() {
    Optional<Duration> long_ago = Optional.of(Duration.ofHours(1));
    assertTrue(overdue(long_ago, Duration.ofDays(1)));
    log.info(ids.next(), "published", "bytes", 1);
    assertFalse(overdue(long_ago, Duration.ofDays(1)));
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(91));
    assertTrue(overdue(long_ago, Duration.ofDays(1)));
  }

  @Test
  void whatComesHomeIsNoSignThatTheInboxIsListed() {
    log.info(ids.next(), "processed", "exit", 0);
    assertTrue(overdue(Optional.of(Duration.ofHours(1)), Duration.ofDays(1)));
  }
}
