package fr.epiconcept.navette.flux.command;

import java.time.Duration;

/** A moment on the clock that nobody sets. */
public final class Deadline {
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final long nanoTime;

  private Deadline(long nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** So long after a reading of {@link System#nanoTime()}. */
  public static Deadline after(long start, Duration duration) {
    return new Deadline(start + (duration.compareTo(LONGEST) > 0 ? LONGEST : duration).toNanos());
  }

  /** So long after now. */
  public static Deadline in(Duration duration) {
    return after(System.nanoTime(), duration);
  }

  /** How many nanoseconds are left; negative when it is over. */
  public long left() {
    return nanoTime - System.nanoTime();
  }

  public boolean isOver() {
    return left() <= 0;
  }
}
