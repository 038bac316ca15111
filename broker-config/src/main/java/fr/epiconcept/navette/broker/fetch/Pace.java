package fr.epiconcept.navette.broker.fetch;

import java.time.Duration;

/**
 * How much is wanted at once. Over a slow link it is little: signs of life, receipts and questions
 * share it, and must not stand behind megabytes. A busy machine answers late too, and would only be
 * busier with small pieces: so a second is fast enough.
 */
final class Pace {
  private static final int LEAST = 16 << 10;
  private static final int FIRST = 64 << 10;
  private static final long FAST = Duration.ofSeconds(1).toNanos();
  private static final long SLOW = Duration.ofSeconds(3).toNanos();

  private final int most;
  private int length = FIRST;

  Pace(int most) {
    this.most = most;
  }

  /** Bytes of the next piece. */
  int length() {
    return length;
  }

  /**
   * A piece has come.
   *
   * @param nanos after it was wanted, those before it included
   */
  void took(long nanos) {
    if (nanos < FAST) {
      length = Math.min(most, length * 2);
    } else if (nanos > SLOW) {
      length = Math.max(LEAST, length / 2);
    }
  }
}
