package fr.epiconcept.navette.worker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class InProgressTest {
  private static final Duration SHORT = Duration.ofSeconds(10);

  private final FileIds ids = new FileIds(InstantSource.system());
  private final FileId one = ids.next();
  private final FileId two = ids.next();
  private final AtomicLong now = new AtomicLong();
  private final AtomicBoolean closed = new AtomicBoolean();

  private InProgress atOnce(int many) {
    return new InProgress(many, now::get);
  }

  /** A lane that asks for a place, on a thread of its own. */
  private CompletableFuture<Boolean> asks(InProgress places, FileId id) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return places.enter(id, closed::get);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static boolean enters(CompletableFuture<Boolean> asked) {
    await().atMost(SHORT).until(asked::isDone);
    return asked.join();
  }

  /** Has asked, has been looked at more than once, and still waits. */
  private static void waits(CompletableFuture<Boolean> asked) {
    await().during(Duration.ofMillis(700)).atMost(SHORT).until(() -> !asked.isDone());
  }

  /** A lane that asks whether its script may run, on a thread of its own. */
  private CompletableFuture<Boolean> begins(InProgress places, FileId id) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return places.begin(id, closed::get);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void filesAreInHandBeforeTheirTurnComes() {
    InProgress places = atOnce(1);
    assertTrue(enters(asks(places, one)));
    assertTrue(enters(begins(places, one)));
    assertTrue(enters(asks(places, two)));
    assertEquals(Set.of(one, two), places.now());
    assertEquals(1, places.count());
  }

  @Test
  void withConcurrencyOneTheNextScriptWaitsForTheEndOfTheOneBefore() {
    InProgress places = atOnce(1);
    assertTrue(enters(begins(places, one)));
    CompletableFuture<Boolean> next = begins(places, two);
    waits(next);
    places.ran(one);
    assertTrue(enters(next));
  }

  @Test
  void asManyScriptsAsAllowedRunAtOnceAndNoMore() {
    InProgress places = atOnce(2);
    assertTrue(enters(begins(places, one)));
    assertTrue(enters(begins(places, two)));
    CompletableFuture<Boolean> third = begins(places, ids.next());
    waits(third);
    places.ran(two);
    assertTrue(enters(third));
  }

  @Test
  void aClosedIntakeRunsNothingMore() {
    InProgress places = atOnce(1);
    assertTrue(enters(begins(places, one)));
    CompletableFuture<Boolean> next = begins(places, two);
    waits(next);
    closed.set(true);
    assertFalse(enters(next));
  }

  @Test
  void theSameFileIsNeverWorkedOnTwiceAtOnce() {
    InProgress places = atOnce(4);
    assertTrue(enters(asks(places, one)));
    CompletableFuture<Boolean> again = asks(places, one);
    waits(again);
    places.leave(one, false);
    assertTrue(enters(again));
  }

  @Test
  void aFileWhoseDeliveryEndedUnsettledGoesBeforeAnyOther() {
    InProgress places = atOnce(1);
    assertTrue(enters(asks(places, one)));
    places.leave(one, false);
    // It goes back to the broker: in the lane's hand it would keep the owed one from coming.
    assertFalse(enters(asks(places, two)));
    assertTrue(enters(asks(places, one)));
    places.leave(one, true);
    assertTrue(enters(asks(places, two)));
  }

  @Test
  void aFileThatNeverComesAgainIsWaitedForNoLongerThanABrokerCanHoldIt() {
    InProgress places = atOnce(1);
    assertTrue(enters(asks(places, one)));
    places.leave(one, false);
    now.set(Duration.ofSeconds(29).toNanos());
    assertFalse(enters(asks(places, two)));
    now.set(Duration.ofSeconds(31).toNanos());
    assertTrue(enters(asks(places, two)));
  }

  @Test
  void withoutOrderNobodyIsWaitedFor() {
    InProgress places = atOnce(2);
    assertTrue(enters(asks(places, one)));
    places.leave(one, false);
    assertTrue(enters(asks(places, two)));
  }

  @Test
  void whatComesBackTogetherIsNotHandedBackOneForTheOther() {
    InProgress places = atOnce(1);
    for (FileId each : List.of(one, two)) {
      assertTrue(enters(asks(places, each)));
    }
    for (FileId each : List.of(one, two)) {
      places.leave(each, false);
    }
    assertFalse(enters(asks(places, ids.next())));
    assertTrue(enters(asks(places, one)));
    assertTrue(enters(asks(places, two)));
  }

  @Test
  void anIntakeThatIsClosedStopsWaitingAndGetsNoPlace() {
    InProgress places = atOnce(1);
    assertTrue(enters(asks(places, one)));
    CompletableFuture<Boolean> again = asks(places, one);
    waits(again);
    closed.set(true);
    assertFalse(enters(again));
    places.leave(one, true);
    assertFalse(places.isBusy(), "it took none");
  }

  @Test
  void anIntakeThatWasClosedBeforeItAskedGetsNoPlace() {
    InProgress places = atOnce(1);
    closed.set(true);
    assertFalse(enters(asks(places, one)));
    assertFalse(places.isBusy());
  }

  @Test
  void idleIsWaitedForAndNotLongerThanTheLimit() throws Exception {
    InProgress places = atOnce(1);
    assertTrue(places.awaitIdle(Duration.ZERO));
    assertTrue(enters(asks(places, one)));
    assertTrue(places.isBusy());
    assertFalse(places.awaitIdle(Duration.ZERO));
    CompletableFuture<Boolean> idle =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return places.awaitIdle(Duration.ofMinutes(1));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    places.leave(one, true);
    await().atMost(SHORT).until(idle::isDone);
    assertEquals(true, idle.join());
  }
}
