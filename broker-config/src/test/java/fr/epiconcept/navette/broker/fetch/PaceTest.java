package fr.epiconcept.navette.broker.fetch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
  private final Pace pace = new Pace(256 << 10);

  private void took(int times, Duration each) {
    for (int i = 0; i < times; i++) {
      pace.took(each.toNanos());
    }
  }

  @Test
  void growsOnAFastLinkUpToItsMost() {
    assertEquals(64 << 10, pace.length());
    took(1, Duration.ofMillis(10));
    assertEquals(128 << 10, pace.length());
    took(100, Duration.ofMillis(10));
    assertEquals(256 << 10, pace.length());
  }

  @Test
  void shrinksOnASlowLinkAndKeepsALeast() {
    took(1, Duration.ofSeconds(4));
    assertEquals(32 << 10, pace.length());
    took(100, Duration.ofSeconds(4));
    assertTrue(pace.length() >= 16 << 10, pace.length() + "");
  }

  @Test
  void staysBetween() {
    took(100, Duration.ofSeconds(2));
    assertEquals(64 << 10, pace.length());
  }
}
