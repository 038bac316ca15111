package fr.epiconcept.navette.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class GatheringTest {
  private final AtomicLong now = new AtomicLong(-7);
  private final Gathering gathering = new Gathering(now::get);
  private final List<InHand> all = new ArrayList<>();

  private void add(int many) {
    for (int i = 0; i < many; i++) {
      InHand file =
          new InHand(
              Home.deposit(new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRS"), "f" + all.size(), "x", 1),
              null,
              Progress.of(List.of()));
      all.add(file);
      gathering.add(file);
    }
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void oneThatSomebodyWaitsForGoesAtOnce() {
    add(1);
    assertEquals(Optional.of(Duration.ZERO), gathering.untilDue(true));
    assertEquals(all, gathering.take(true));
    assertTrue(gathering.isEmpty());
  }

  @Test
  void oneThatNobodyWaitsForWaitsForOthersAndNotLong() {
    add(1);
    pass(Duration.ofMillis(15));
    add(1);
    assertEquals(List.of(), gathering.take(false));
    assertEquals(Optional.of(Duration.ofMillis(5)), gathering.untilDue(false));
    pass(Duration.ofMillis(5));
    assertEquals(all, gathering.take(false));
    assertEquals(Optional.empty(), gathering.untilDue(false));
    add(1);
    assertEquals(Optional.of(Gathering.PATIENCE), gathering.untilDue(false));
  }

  @Test
  void enoughOfThemGoAtOnceInTheirOrderAndInGroups() {
    add(Gathering.ENOUGH - 1);
    assertEquals(List.of(), gathering.take(false));
    add(Gathering.MOST);
    assertEquals(all.subList(0, Gathering.MOST), gathering.take(false));
    assertEquals(all.subList(Gathering.MOST, all.size()), gathering.takeAll());
    assertEquals(List.of(), gathering.take(true));
  }
}
