package fr.epiconcept.navette.worker;

import static java.util.Comparator.naturalOrder;

import fr.epiconcept.navette.flux.FileId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * What a flux is working on, across links: never more files at once than its {@code concurrency},
 * and never the same one twice.
 *
 * <p>When a link breaks and comes back while a script runs, the broker may give the next file to
 * the new lane while the old one still works, or while the broker still holds the old one's file
 * for the dead session. So a new lane waits for the old one's work; and where order matters, a file
 * whose delivery ended unsettled is owed: any other is handed back again and again until that one
 * comes, or so much time has passed that the broker cannot be holding it any more.
 */
final class InProgress {
  /** The broker gives a vanished session's messages to others after 17 s at the latest. */
  private static final Duration OWED = Duration.ofSeconds(30);

  private static final long LOOK_AGAIN_MILLIS = 500;

  private final int atOnce;
  private final LongSupplier nanoTime;

  /** With the time at which each was begun. */
  private final Map<FileId, Long> ids = new HashMap<>();

  private FileId owed;
  private long owedUntil;

  InProgress(int atOnce, LongSupplier nanoTime) {
    this.atOnce = atOnce;
    this.nanoTime = nanoTime;
  }

  /**
   * Waits for a place; not for an owed file, which cannot come while the lane has another in hand.
   *
   * @param given says that the lane which asks is closed: then it waits no longer
   * @return false if the file must not be worked on now; its message goes back
   */
  synchronized boolean enter(FileId id, BooleanSupplier given) throws InterruptedException {
    while (!mayEnter(id)) {
      if (given.getAsBoolean()) {
        return false;
      }
      boolean handBack = isOtherOwed(id);
      wait(LOOK_AGAIN_MILLIS);
      if (handBack && isOtherOwed(id)) {
        return false;
      }
    }
    if (given.getAsBoolean()) {
      return false;
    }
    if (id.equals(owed)) {
      owed = null;
    }
    ids.put(id, nanoTime.getAsLong());
    return true;
  }

  private boolean mayEnter(FileId id) {
    return ids.size() < atOnce && !ids.containsKey(id) && !isOtherOwed(id);
  }

  private boolean isOtherOwed(FileId id) {
    return owed != null && !owed.equals(id) && owedUntil - nanoTime.getAsLong() > 0;
  }

  /**
   * Gives the place back.
   *
   * @param settled whether the broker was told the end; if not, the file comes again
   */
  synchronized void leave(FileId id, boolean settled) {
    ids.remove(id);
    if (!settled && atOnce == 1) {
      owed = id;
      owedUntil = nanoTime.getAsLong() + OWED.toNanos();
    }
    notifyAll();
  }

  synchronized int count() {
    return ids.size();
  }

  /** How long the one that was begun first has been worked on. */
  synchronized Optional<Duration> longest() {
    long now = nanoTime.getAsLong();
    return ids.values().stream().map(began -> Duration.ofNanos(now - began)).max(naturalOrder());
  }

  /** What is being worked on at this moment. */
  synchronized Set<FileId> now() {
    return Set.copyOf(ids.keySet());
  }

  synchronized boolean isBusy() {
    return !ids.isEmpty();
  }

  /** Waits until nothing is worked on; false if that takes longer than {@code limit}. */
  synchronized boolean awaitIdle(Duration limit) throws InterruptedException {
    long end = nanoTime.getAsLong() + limit.toNanos();
    while (!ids.isEmpty()) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - nanoTime.getAsLong());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
