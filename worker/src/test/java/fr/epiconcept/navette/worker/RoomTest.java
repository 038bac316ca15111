package fr.epiconcept.navette.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoomTest {
  /** What the door was told, in order. */
  private final List<String> told = new ArrayList<>();

  private Room room(int mostFiles) {
    return new Room(
        mostFiles,
        new Room.Door() {
          @Override
          public void close() {
            told.add("close");
          }

          @Override
          public void open() {
            told.add("open");
          }
        });
  }

  @Test
  void soManyFilesHaveRoomAndTheNextHasItWhenOneIsOut() {
    Room room = room(2);
    room.take(10);
    assertEquals(List.of(), told);
    room.take(10);
    assertEquals(List.of("close"), told);
    room.giveBack(10);
    assertEquals(List.of("close", "open"), told);
  }

  @Test
  void theDoorIsToldOnceHoweverManyCameBeforeItWasClosed() {
    Room room = room(1);
    room.take(10);
    room.take(10);
    room.giveBack(10);
    assertEquals(List.of("close"), told);
    room.giveBack(10);
    assertEquals(List.of("close", "open"), told);
  }

  @Test
  void filesHeldInMemoryAreBoundedByTheirBytesAndStreamedOnesAreNot() {
    Room room = room(1000);
    for (int i = 0; i < 100; i++) {
      room.take(1L << 40);
    }
    for (int i = 0; i < 7; i++) {
      room.take(64 << 10);
    }
    assertEquals(List.of(), told);
    room.take(64 << 10);
    assertEquals(List.of("close"), told);
    room.giveBack(1L << 40);
    assertEquals(List.of("close"), told);
    room.giveBack(64 << 10);
    assertEquals(List.of("close", "open"), told);
  }
}
