package fr.epiconcept.navette.worker;

import static java.util.Comparator.naturalOrder;

import fr.epiconcept.navette.flux.FileId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * What a flux has in hand, across links: never the same file twice, and never more scripts at once
 * than its {@code concurrency}.
 *
 * <p>When a link breaks and comes back while a script runs, the broker may give its file to the new
 * intake while the old one still works, or give others while it still holds the old one's files for
 * the dead session. So a new intake waits for the old one's work; and where order matters, files
 * whose delivery ended unsettled are owed: any other is handed back again and again until one of
 * those comes, for they come back together, or so much time has passed that the broker cannot be
 * holding them any more.
 */
final class InProgress {
  /** The broker gives a vanished session's messages to others after 17 s at the latest. */
  private static final Duration OWED = Duration.ofSeconds(30);

  private static final long LOOK_AGAIN_MILLIS = 500;

  private final int atOnce;
  private final LongSupplier nanoTime;

  private final Set<FileId> inHand = new HashSet<>();

  /** Whose scripts run, with the time at which each was begun. */
  private final Map<FileId, Long> running = new HashMap<>();

  private final Set<FileId> owed = new HashSet<>();
  private long owedUntil;

  InProgress(int atOnce, LongSupplier nanoTime) {
    this.atOnce = atOnce;
    this.nanoTime = nanoTime;
  }

  /**
   * Takes a file in hand, once nobody else has it; not while another is owed.
   *
   * @param given says that the intake which asks is closed: then it waits no longer
   * @return false if the file must not be taken now; its message goes back
   */
  synchronized boolean enter(FileId id, BooleanSupplier given) throws InterruptedException {
    while (inHand.contains(id) || isOtherOwed(id)) {
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
    if (owed.contains(id)) {
      owed.clear();
    }
    inHand.add(id);
    return true;
  }

  private boolean isOtherOwed(FileId id) {
    return !owed.isEmpty() && !owed.contains(id) && owedUntil - nanoTime.getAsLong() > 0;
  }

  /**
   * Waits until its script may run.
   *
   * @param given as for {@link #enter}
   * @return false if it must not run now
   */
  synchronized boolean begin(FileId id, BooleanSupplier given) throws InterruptedException {
    while (running.size() >= atOnce && !given.getAsBoolean()) {
      wait(LOOK_AGAIN_MILLIS);
    }
    if (given.getAsBoolean()) {
      return false;
    }
    running.put(id, nanoTime.getAsLong());
    return true;
  }

  /**
   * Takes a file in hand that no message has brought.
   *
   * @return false if it is in hand already
   */
  synchronized boolean enterAlone(FileId id) {
    return inHand.add(id);
  }

  /** Whether its script runs, or is about to. */
  synchronized boolean isRunning(FileId id) {
    return running.containsKey(id);
  }

  /** Its script has ended. */
  synchronized void ran(FileId id) {
    running.remove(id);
    notifyAll();
  }

  /**
   * It is out of hand.
   *
   * @param settled whether the broker was told the end; if not, the file comes again
   */
  synchronized void leave(FileId id, boolean settled) {
    inHand.remove(id);
    if (!settled && atOnce == 1) {
      owed.add(id);
      owedUntil = nanoTime.getAsLong() + OWED.toNanos();
    }
    notifyAll();
  }

  /** How many scripts run. */
  synchronized int count() {
    return running.size();
  }

  /** How long the one that was begun first has been running. */
  synchronized Optional<Duration> longest() {
    long now = nanoTime.getAsLong();
    return running.values().stream()
        .map(began -> Duration.ofNanos(now - began))
        .max(naturalOrder());
  }

  /** What is in hand at this moment. */
  synchronized Set<FileId> now() {
    return Set.copyOf(inHand);
  }

  synchronized boolean isBusy() {
    return !inHand.isEmpty();
  }

  /** Waits until nothing is in hand; false if that takes longer than {@code limit}. */
  synchronized boolean awaitIdle(Duration limit) throws InterruptedException {
    long end = nanoTime.getAsLong() + limit.toNanos();
    while (!inHand.isEmpty()) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - nanoTime.getAsLong());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
