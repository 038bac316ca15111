package fr.epiconcept.navette.flux;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * Gives file ids, each greater than the one before, whatever the clock does.
 *
 * <p>Two files claimed in the same millisecond keep their order because the second id is the first
 * one plus a small random step, as the ULID specification asks. When the clock steps back, ids go
 * on from the last one. Order is kept within one instance: a daemon has one, and tells it by {@link
 * #notBefore} what earlier runs gave.
 */
public final class FileIds {
  private static final int RANDOM_BYTES = 10;

  private final InstantSource clock;
  private final RandomGenerator random;
  private long lastMillis;
  private byte[] lastRandom = new byte[RANDOM_BYTES];

  public FileIds(InstantSource clock) {
    this(clock, new SecureRandom());
  }

  FileIds(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  /**
   * Lets all further ids be greater than {@code known}: one that an earlier run of the daemon gave,
   * perhaps under a clock that has been set back since.
   *
   * <p>One at the end of all time that an id can tell is none that we gave, and nothing can be
   * greater: a folder that somebody or a damaged disk named so must not end all claims.
   */
  public synchronized void notBefore(FileId known) {
    long after = known.time().toEpochMilli() + 1;
    if (lastMillis < after && after <= FileId.LAST_MILLIS) {
      lastMillis = after;
      random.nextBytes(lastRandom);
    }
  }

  /** The next id. */
  public synchronized FileId next() {
    long now = clock.millis();
    if (now > lastMillis) {
      lastMillis = now;
      random.nextBytes(lastRandom);
    } else if (!increment()) {
      lastMillis++;
      random.nextBytes(lastRandom);
    }
    return FileId.of(lastMillis, lastRandom);
  }

  /** Adds a random step of 1 to 2^32 so that ids cannot be guessed; false when that overflows. */
  private boolean increment() {
    long carry = 1 + (random.nextInt() & 0xffffffffL);
    byte[] sum = lastRandom.clone();
    for (int i = RANDOM_BYTES - 1; i >= 0 && carry != 0; i--) {
      carry += sum[i] & 0xff;
      sum[i] = (byte) carry;
      carry >>>= 8;
    }
    lastRandom = sum;
    return carry == 0;
  }
}
