package fr.epiconcept.navette.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.activemq.artemis.core.security.CheckType;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RefusalLogTest {
  private final AtomicLong now = new AtomicLong();
  private final RefusalLog log =
      new RefusalLog(LoggerFactory.getLogger(RefusalLogTest.class), now::get);

  @Test
  void saysEachRefusalOnceAMinute() {
    try (Said said = Said.by(RefusalLogTest.class)) {
      for (int second = 0; second < 90; second++) {
        log.use("w1", CheckType.CONSUME, "flux.radio");
        log.login("w1", "10.0.0.7:" + (40_000 + second), "wrong password");
        now.addAndGet(Duration.ofSeconds(1).toNanos());
      }
      log.use("w1", CheckType.SEND, "flux.radio");
      assertEquals(5, said.lines().size(), said.lines()::toString);
    }
  }

  @Test
  void letsNoNameForgeALine() {
    try (Said said = Said.by(RefusalLogTest.class)) {
      log.login("x\n2026-11-23 login of root accepted", "10.0.0.7:1", "unknown");
      assertFalse(said.lines().get(0).contains("\n"));
    }
  }
}
