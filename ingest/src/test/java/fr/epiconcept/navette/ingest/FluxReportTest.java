package fr.epiconcept.navette.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import fr.epiconcept.navette.broker.carry.Cargo.Judgement;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.inbox.Inbox;
import fr.epiconcept.navette.flux.pulse.Pulse;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.flux.view.FluxStatus;
import fr.epiconcept.navette.flux.view.FluxStatus.Oldest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a flux of the file server says that it does. */
class FluxReportTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final Instant NOW = FluxFolders.NOON.plusSeconds(600);

  @TempDir Path root;
  private FluxFolders folders;
  private Inbox inbox;
  private Holds holds;
  private long nanos;
  private Optional<Duration> departing = Optional.empty();
  private Optional<Duration> returning = Optional.empty();

  @BeforeEach
  void lay() throws IOException {
    folders = new FluxFolders(root, LABO);
    holds = new Holds(root.resolve("state"), Side.INGEST);
    inbox = new Inbox(folders.inbox, section().ready(), () -> nanos, () -> {});
  }

  @AfterEach
  void close() {
    folders.close();
  }

  private IngestSection section() {
    return folders.section(Optional.empty(), Duration.ofMinutes(1));
  }

  private FluxStatus report() throws IOException {
    FluxReport report =
        new FluxReport(
            LABO,
            section(),
            ZoneOffset.UTC,
            inbox,
            () -> departing,
            () -> returning,
            Optional.empty(),
            holds);
    return report.now(new Pulse(() -> nanos), 3, NOW);
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private Entry become(String name, State state) throws IOException {
    Entry entry = folders.claimed(name, "1");
    if (state != State.CLAIMED) {
      folders.spool.become(entry, state);
    }
    return entry;
  }

  @Test
  void whatWaitsIsCountedAtItsPlace() throws IOException {
    Entry first = become("claimed", State.CLAIMED);
    become("again", State.AGAIN);
    become("published", State.PUBLISHED);
    Files.writeString(folders.inbox.resolve("a.hl7"), "1");
    Files.writeString(folders.inbox.resolve("b.hl7"), "1");
    Files.writeString(folders.inbox.resolve("c.tmp"), "1");
    for (String name : List.of("x", "y", "z")) {
      Entry entry = become(name, State.PUBLISHED);
      new Archive(folders.archive(), folders.spool, folders.arrived, folders.log, Checkpoint.NONE)
          .take(List.of(entry.id()), "era");
      if (name.equals("z")) {
        folders.dead.write(entry.id(), folders.arrived.read(entry.id()).orElseThrow());
        folders.arrived.remove(entry.id());
      }
    }
    new Quarantine(
            new KeptFolder(folders.quarantineFolder, ZoneOffset.UTC),
            folders.spool,
            folders.ledger,
            folders.log,
            Checkpoint.NONE)
        .take(become("refused", State.CLAIMED), new Judgement.Refused("no", ""));

    FluxStatus status = report();

    assertEquals(2, status.waiting().inbox());
    assertEquals(2, status.waiting().spool());
    assertEquals(1, status.waiting().queue());
    assertEquals(Optional.of(new Oldest("claimed", first.id().time())), status.waiting().oldest());
    assertEquals(2, status.inFlight());
    assertEquals(1, status.dead());
    assertEquals(1, status.quarantinedToday());
    assertEquals(Optional.of(3), status.takers());
    assertEquals(Optional.empty(), status.held());
    assertEquals(Optional.empty(), status.stalled());
  }

  @Test
  void withAnEmptySpoolTheOldestIsThatOfTheInbox() throws IOException {
    Files.writeString(folders.inbox.resolve("first.hl7"), "1");
    inbox.look();
    pass(Duration.ofSeconds(40));
    Files.writeString(folders.inbox.resolve("second.hl7"), "1");
    assertEquals(
        Optional.of(new Oldest("first.hl7", NOW.minusSeconds(40))), report().waiting().oldest());
  }

  @Test
  void anInboxThatIsNotListedAnyMoreIsNoProgress() throws IOException {
    inbox.look();
    pass(Duration.ofSeconds(89));
    assertEquals(Optional.empty(), report().stalled());
    assertEquals(Optional.of(NOW.minusSeconds(89)), report().scan().orElseThrow().last());
    pass(Duration.ofSeconds(2));
    departing = Optional.of(Duration.ofSeconds(80));
    FluxStatus status = report();
    assertEquals(
        Optional.of("its inbox is not listed any more: " + folders.inbox), status.stalled());
    assertEquals(Optional.of(NOW.minusSeconds(80)), status.scan().orElseThrow().busySince());
  }

  @Test
  void aTurnThatDoesNotTakeWhatWorkersAnswerIsNoProgress() throws IOException {
    returning = Optional.of(Duration.ofMinutes(5));
    assertEquals(Optional.empty(), report().stalled());
    returning = Optional.of(Duration.ofNanos(TimeUnit.MINUTES.toNanos(5) + 1));
    assertEquals(
        Optional.of("what workers answer is not taken since " + NOW.minus(returning.get())),
        report().stalled());
  }

  @Test
  void aHoldIsToldWithItsReasonAndItsEnd() throws IOException {
    holds.put(LABO, "alice", "inventory", NOW.minusSeconds(9), Optional.of(NOW.plusSeconds(60)));
    FluxStatus status = report();
    assertEquals("inventory", status.held().orElseThrow().why());
    assertEquals(Optional.of("alice"), status.held().orElseThrow().by());
    assertEquals(Optional.of(NOW.plusSeconds(60)), status.held().orElseThrow().until());
  }
}
