package fr.epiconcept.navette.chaos;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Time that passes because people and machines need it; nothing is ever asserted after it. */
final class Rest {
  private Rest() {}

  static void of(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  static void ofMillis(long time) {
    of(Duration.ofMillis(time));
  }
}
