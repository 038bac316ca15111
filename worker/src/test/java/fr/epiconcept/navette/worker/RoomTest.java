package fr.epiconcept.navette.worker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class RoomTest {
  private static final Duration SHORT = Duration.ofSeconds(10);

  private final AtomicBoolean over = new AtomicBoolean();

  private CompletableFuture<Boolean> asks(Room room) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return room.await(over::get);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static void has(CompletableFuture<Boolean> asked) {
    await().atMost(SHORT).until(asked::isDone);
    assertTrue(asked.join());
  }

  private static void waits(CompletableFuture<Boolean> asked) {
    await().during(Duration.ofMillis(300)).atMost(SHORT).until(() -> !asked.isDone());
  }

  @Test
  void soManyFilesHaveRoomAndTheNextHasItWhenOneIsOut() {
    Room room = new Room(2);
    for (int i = 0; i < 2; i++) {
      has(asks(room));
      room.take(10);
    }
    CompletableFuture<Boolean> third = asks(room);
    waits(third);
    room.giveBack(10);
    has(third);
  }

  @Test
  void oneFileAlwaysHasRoomHoweverLarge() {
    Room room = new Room(1000);
    has(asks(room));
  }

  @Test
  void filesHeldInMemoryAreBoundedByTheirBytesAndStreamedOnesAreNot() {
    Room room = new Room(1000);
    for (int i = 0; i < 100; i++) {
      has(asks(room));
      room.take(1L << 40);
    }
    for (int i = 0; i < 8; i++) {
      has(asks(room));
      room.take(64 << 10);
    }
    CompletableFuture<Boolean> next = asks(room);
    waits(next);
    room.giveBack(64 << 10);
    has(next);
  }

  @Test
  void whoeverWaitsIsSentAwayWhenItIsOver() {
    Room room = new Room(1);
    room.take(1);
    CompletableFuture<Boolean> asked = asks(room);
    waits(asked);
    over.set(true);
    room.wake();
    await().atMost(SHORT).until(asked::isDone);
    assertFalse(asked.join());
  }
}
