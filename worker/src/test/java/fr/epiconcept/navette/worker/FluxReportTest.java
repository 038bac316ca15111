package fr.epiconcept.navette.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.config.WorkerSection;
import fr.epiconcept.navette.flux.inbox.Inbox;
import fr.epiconcept.navette.flux.pulse.Pulse;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.flux.view.FluxStatus;
import fr.epiconcept.navette.flux.view.FluxStatus.Oldest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a flux of the processing server says that it does. */
class FluxReportTest {
  private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

  @TempDir Path root;
  private Front front;
  private WorkerSection section;
  private Spool spool;
  private Inbox out;
  private InProgress inProgress;
  private Pulse pulse;
  private long nanos;
  private Set<FileId> inLine = Set.of();

  @BeforeEach
  void lay() throws IOException {
    front = new Front(root);
    section = front.section();
    spool = new Spool(front.state.resolve("flux/labo/spool"));
    out = new Inbox(front.out, section.outReady(), () -> nanos, () -> {});
    inProgress = new InProgress(2, () -> nanos);
    pulse = new Pulse(() -> nanos);
  }

  @AfterEach
  void close() {
    front.close();
  }

  private FluxStatus report(Optional<Inbox> folder) throws IOException {
    return new FluxReport(
            Front.LABO,
            section,
            spool.folder(),
            folder,
            Optional::empty,
            inProgress,
            () -> inLine,
            Hold.at(front.state, Front.LABO))
        .now(pulse, NOW);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void whatIsWorkedOnAndTheAnswersOnTheirWayHomeAreCounted() throws Exception {
    Files.writeString(front.out.resolve("first"), "1");
    Files.writeString(front.out.resolve("second"), "1");
    FileId id = front.ids.next();
    Entry first = spool.claim(front.out, FileName.of("first"), id, Optional.empty()).orElseThrow();
    spool
        .claim(front.out, FileName.of("second"), front.ids.next(), Optional.empty())
        .ifPresent(entry -> become(entry, State.PUBLISHED));
    begin();
    pass(Duration.ofSeconds(30));
    begin();

    FluxStatus status = report(Optional.of(out));

    assertEquals(1, status.waiting().spool());
    assertEquals(1, status.waiting().queue());
    assertEquals(Optional.of(new Oldest("first", first.id().time())), status.waiting().oldest());
    assertEquals(2, status.inFlight());
    assertEquals(Optional.of(NOW.minusSeconds(30)), status.inFlightSince());
    assertEquals(Optional.empty(), status.takers());
    assertEquals(Optional.empty(), status.stalled());
  }

  @Test
  void aFluxWhoseScriptWaitsForAPlaceSaysSoAndIsNotCalledStalled() throws Exception {
    begin();
    inLine = inProgress.now();
    pass(Duration.ofDays(1));
    FluxStatus status = report(Optional.empty());
    assertEquals(1, status.inLine());
    assertEquals(Optional.empty(), status.stalled());
    inLine = Set.of();
    assertTrue(report(Optional.empty()).stalled().isPresent(), "the same without a line");
  }

  private void begin() throws InterruptedException {
    FileId id = front.ids.next();
    assertTrue(inProgress.enter(id, () -> false));
    assertTrue(inProgress.begin(id, () -> false));
  }

  private void become(Entry entry, State state) {
    try {
      spool.become(entry, state);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anOutFolderThatIsNotListedAnyMoreIsNoProgress() throws IOException {
    out.look();
    Files.writeString(front.out.resolve("ack"), "1");
    pass(Duration.ofSeconds(91));
    FluxStatus status = report(Optional.of(out));
    assertEquals(
        Optional.of("its out folder is not listed any more: " + front.out), status.stalled());
    assertEquals(Optional.of(NOW.minusSeconds(91)), status.scan().orElseThrow().last());
    assertEquals(Optional.empty(), report(Optional.empty()).stalled(), "a flux without out");
  }

  @Test
  void aFileOfWhichNothingIsHeardLongerThanAnyScriptMayTakeIsNoProgress() throws Exception {
    Duration longest =
        section.timeout().plus(section.retry().maxDelay()).plus(Duration.ofMinutes(10));
    pass(longest.plusSeconds(1));
    assertEquals(Optional.empty(), report(Optional.empty()).stalled(), "nothing is worked on");
    pulse = new Pulse(() -> nanos);
    begin();
    pass(longest);
    assertEquals(Optional.empty(), report(Optional.empty()).stalled());
    pass(Duration.ofSeconds(1));
    assertEquals(
        Optional.of(
            "it works on a file, and nothing was heard of it for " + longest.toMinutes() + " min"),
        report(Optional.empty()).stalled());
  }

  @Test
  void aHoldIsToldWithItsReason() throws IOException {
    new Hold(front.state, Front.LABO, InstantSource.fixed(NOW))
        .put("alice", "inventory", Optional.of(NOW.plusSeconds(60)));
    FluxStatus status = report(Optional.of(out));
    assertEquals("inventory", status.held().orElseThrow().why());
    assertEquals(Optional.of(NOW.plusSeconds(60)), status.held().orElseThrow().until());
  }
}
