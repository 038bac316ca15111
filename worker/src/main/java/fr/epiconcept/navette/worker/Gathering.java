package fr.epiconcept.navette.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Files that wait for a step which costs about the same for one as for many: they wait for others
 * to share it, but not if somebody waits for them, and never long. Not thread-safe.
 */
final class Gathering {
  /** Files that share one round of syncs, or one transaction, at most. */
  static final int MOST = 64;

  /** With so many, more would save little. */
  static final int ENOUGH = 16;

  /** How long the first one waits for others. */
  static final Duration PATIENCE = Duration.ofMillis(20);

  private final LongSupplier nanoTime;
  private final Deque<InHand> files = new ArrayDeque<>();
  private long since;

  Gathering(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  void add(InHand file) {
    if (files.isEmpty()) {
      since = nanoTime.getAsLong();
    }
    files.add(file);
  }

  boolean isEmpty() {
    return files.isEmpty();
  }

  /**
   * Takes those out whose time has come, in their order.
   *
   * @param wanted whether somebody waits for them
   */
  List<InHand> take(boolean wanted) {
    List<InHand> taken = new ArrayList<>();
    if (untilDue(wanted).filter(Duration::isZero).isPresent()) {
      while (!files.isEmpty() && taken.size() < MOST) {
        taken.add(files.poll());
      }
      since = nanoTime.getAsLong();
    }
    return taken;
  }

  List<InHand> takeAll() {
    List<InHand> all = new ArrayList<>(files);
    files.clear();
    return all;
  }

  /** How long until they are taken, if no other comes; nothing if there are none. */
  Optional<Duration> untilDue(boolean wanted) {
    if (files.isEmpty()) {
      return Optional.empty();
    }
    long left = PATIENCE.toNanos() - (nanoTime.getAsLong() - since);
    boolean due = wanted || files.size() >= ENOUGH || left <= 0;
    return Optional.of(due ? Duration.ZERO : Duration.ofNanos(left));
  }
}
