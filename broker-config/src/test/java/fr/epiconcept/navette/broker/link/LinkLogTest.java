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
      new LinkLog(LoggerFactory.getLogger(LinkLogTest.class), "files1", 1, now::get);

  private void pass(Duration time) {
    now.updateAndGet(t -> t.plus(time));
  }

  @Test
  void saysLostOnceThenEveryTenMinutesAndBackOnce() {
    try (Said said = Said.by(LinkLogTest.class)) {
      log.up(this);
      for (int second = 0; second < 1300; second++) {
        log.down(this, second == 0 ? "cut" : "nothing listens", false);
        pass(Duration.ofSeconds(1));
      }
      log.up(this);
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
      log.down(this, "nothing listens", false);
      pass(Duration.ofSeconds(3));
      log.down(this, "login refused", true);
      log.down(this, "login refused", true);
      assertEquals(
          List.of(
              "link to files1 not made: nothing listens; trying again",
              "link to files1 still down after 3 s: login refused; trying again"),
          said.lines());
    }
  }

  @Test
  void twoLinksThatShareALogSayTheSameOnceAndAreBackWithTheLastOfThem() {
    LinkLog both = new LinkLog(LoggerFactory.getLogger(LinkLogTest.class), "files1", 2, now::get);
    try (Said said = Said.by(LinkLogTest.class)) {
      both.down("receiving", "login refused", true);
      both.down("sending", "login refused", true);
      pass(Duration.ofSeconds(3));
      both.down("receiving", "login refused", true);
      both.up("receiving");
      pass(Duration.ofSeconds(1));
      both.up("sending");
      both.down("sending", "cut", false);
      both.up("sending");
      assertEquals(
          List.of(
              "link to files1 not made: login refused; trying again",
              "link to files1 is up after 4 s",
              "link to files1 lost: cut; trying again",
              "link to files1 is back after 0 s"),
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
