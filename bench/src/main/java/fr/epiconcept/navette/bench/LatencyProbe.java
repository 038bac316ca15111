package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/** From the rename of a file into the inbox to the start of its script: one file at a time. */
final class LatencyProbe {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Between two files, so that no timer of anybody goes in step with us. */
  private static final int LEAST_PAUSE = 20;

  private static final int MOST_PAUSE = 40;

  private LatencyProbe() {}

  /** Milliseconds, one value a file. */
  static Distribution of(Carrier carrier, int files, int size) throws IOException {
    Deposits deposits = Deposits.staged(carrier, files, size);
    List<Double> millis = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(files);
    try (Inotify inotify = new Inotify()) {
      inotify.watch(carrier.script(), Inotify.OPEN);
      while (deposits.left() > 0) {
        millis.add(one(inotify, deposits, carrier));
        LockSupport.parkNanos(random.nextLong(LEAST_PAUSE, MOST_PAUSE) * 1_000_000);
      }
    }
    return Distribution.of(millis);
  }

  private static double one(Inotify inotify, Deposits deposits, Carrier carrier)
      throws IOException {
    long begun = System.nanoTime();
    String name = deposits.deposit();
    List<Inotify.Event> events = inotify.await(PATIENCE);
    if (events.isEmpty()) {
      throw new IllegalStateException(
          "%s: no script for %s after %s".formatted(carrier.system(), name, PATIENCE));
    }
    return (events.get(0).nanos() - begun) / 1e6;
  }
}
