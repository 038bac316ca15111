package fr.epiconcept.navette.broker.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Said;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LinkLogTest {
  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.EPOCH);
  private final LinkLog log =
      new LinkLog(LoggerFactory.getLogger(LinkLogTest.class), "files1", now::get);

  private void pass(Duration time) {
    now.updateAndGet(t -> t.plus(time));
  }

  @Test
  void saysLostOnceThenEveryTenMinutesAndBackOnce() {
    try (Said said = Said.by(LinkLogTest.class)) {
      log.up();
      for (int second = 0; second < 1300; second++) {
        log.down(second == 0 ? "cut" : "nothing listens", false);
        pass(Duration.ofSeconds(1));
      }
      log.up();
      assertEquals(
          List.of(
              "link to files1 is up",
              "link to files1 lost: cut; trying again",
              "link to files1 still down after 10 m: nothing listens; trying again",
              "link to files1 still down after 20 m: nothing listens; trying again",
              "link to files1 is back after 21 m"),
          said.lines());
    }
  }

  @Test
  void saysAtOnceWhenItTurnsOutThatSomebodyMustAct() {
    try (Said said = Said.by(LinkLogTest.class)) {
      log.down("nothing listens", false);
      pass(Duration.ofSeconds(3));
      log.down("login refused", true);
      log.down("login refused", true);
      assertEquals(
          List.of(
              "link to files1 not made: nothing listens; trying again",
              "link to files1 still down after 3 s: login refused; trying again"),
          said.lines());
    }
  }

  @Test
  void backoffDoublesToItsLimitWithJitter() {
    Backoff most = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30), () -> 1);
    Backoff least = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30), () -> 0);
    assertEquals(Duration.ofMillis(200), most.after(1));
    assertEquals(Duration.ofMillis(400), most.after(2));
    assertEquals(Duration.ofSeconds(30), most.after(9));
    assertEquals(Duration.ofSeconds(30), most.after(Integer.MAX_VALUE));
    assertEquals(Duration.ofMillis(100), least.after(1));
    assertTrue(Backoff.standard().after(3).compareTo(Duration.ofMillis(800)) <= 0);
  }
}
