package fr.epiconcept.navette.flux.alert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.hold.Holds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is looked at, on real folders. */
class LookoutTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir Path folder;

  private OldestWaiting waiting(InstantSource clock) {
    return new OldestWaiting(
        Told.LABO,
        folder.resolve("spool"),
        Optional.of(new OldestWaiting.Folder(folder.resolve("inbox"), ReadyRules.defaults())),
        clock);
  }

  private static Instant now() {
    return InstantSource.system().instant();
  }

  @Test
  void oneLookThatHangsKeepsNoOther() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    try (Told told = new Told(folder).with("cat >> \"$TOLD\"");
        Lookout lookout = new Lookout(told.alerts, told.turns)) {
      lookout.look(
          "hangs",
          () -> {
            try {
              hangs.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return List.of();
          },
          Stream.of(Duration.ofSeconds(1)));
      lookout.look("disk", () -> List.of(Told.disk()), Stream.of(Duration.ofSeconds(1)));

      assertEquals("disk", told.awaitTold(1).get(0).get("alert").asText());
      hangs.countDown();
    }
  }

  @Test
  void aLookThatFailsEndsNothing() throws Exception {
    AtomicReference<Lookout.Look> what = new AtomicReference<>(() -> List.of(Told.disk()));
    CountDownLatch failed = new CountDownLatch(2);
    try (Told told = new Told(folder).with("cat >> \"$TOLD\"");
        Lookout lookout = new Lookout(told.alerts, told.turns)) {
      lookout.look("disk", () -> what.get().now(), Stream.of(Duration.ofSeconds(1)));
      lookout.lookNow("disk");
      told.awaitTold(1);
      what.set(
          () -> {
            failed.countDown();
            throw new IOException("nobody knows");
          });
      lookout.lookNow("disk");
      assertTrue(failed.await(20, TimeUnit.SECONDS));
      assertEquals(1, told.told().size());
      what.set(List::of);
      lookout.lookNow("disk");
      assertTrue(told.awaitTold(2).get(1).get("over").asBoolean());
    }
  }

  @Test
  void theOldestFileOfSpoolAndInboxCounts() throws Exception {
    Path inbox = Files.createDirectories(folder.resolve("inbox"));
    Files.writeString(inbox.resolve("b.hl7"), "x");
    Instant late = now().plus(HOUR).plusSeconds(5);
    assertEquals(Optional.empty(), waiting(InstantSource.system()).now(HOUR));
    Condition inInbox = waiting(() -> late).now(HOUR).orElseThrow();
    assertEquals("b.hl7", inInbox.values().get("file"));

    Files.createDirectories(folder.resolve("spool/published/01M84Z0JV38N63DNTHRZ7PR7PT"));
    Files.createDirectories(folder.resolve("spool/arrived"));
    Files.createFile(folder.resolve("spool/arrived/01M84Z0HV38N63DNTHRZ7PR7PT"));
    Condition inSpool = waiting(InstantSource.system()).now(HOUR).orElseThrow();

    assertEquals("01M84Z0HV38N63DNTHRZ7PR7PT", inSpool.values().get("file-id"));
    assertEquals("arrived", inSpool.values().get("place"));
    assertEquals(new FileId("01M84Z0HV38N63DNTHRZ7PR7PT").time(), inSpool.since());
  }

  @Test
  void aFileWithAnOldTimeOfItsSenderIsYoungAndIgnoredOnesDoNotWait() throws Exception {
    Path inbox = Files.createDirectories(folder.resolve("inbox"));
    Files.setLastModifiedTime(
        Files.writeString(inbox.resolve("b.hl7"), "x"), FileTime.from(Instant.EPOCH));
    assertEquals(Optional.empty(), waiting(InstantSource.system()).now(HOUR));

    Files.delete(inbox.resolve("b.hl7"));
    Files.writeString(inbox.resolve("c.part"), "x");
    Files.createDirectory(inbox.resolve("folder"));
    Files.writeString(inbox.resolve(".hidden"), "x");
    Instant late = now().plus(HOUR).plusSeconds(5);

    assertEquals(Optional.empty(), waiting(() -> late).now(HOUR));
  }

  @Test
  void aHeldFluxIsToldWithItsReasonHoweverItIsWritten() throws Exception {
    HeldFlux held = new HeldFlux(Told.LABO, folder, Side.WORKER);
    assertEquals(Optional.empty(), held.now());
    Path file = Files.createDirectories(folder.resolve("hold")).resolve("labo");

    Files.writeString(file, "on-failure: stop, after: exit 1\n");
    assertEquals("on-failure: stop, after: exit 1", held.now().orElseThrow().values().get("why"));
    new Holds(folder, Side.WORKER)
        .put(Told.LABO, "ops", "the base is moved", Told.START, Optional.empty());

    assertEquals(
        "flux labo is held: nothing is processed: the base is moved",
        held.now().orElseThrow().message());
  }
}
