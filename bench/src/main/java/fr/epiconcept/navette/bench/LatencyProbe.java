package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** From the rename of a file into the inbox to the start of its script: one file at a time. */
final class LatencyProbe {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration PATIENCE_FOR_LARGE = Duration.ofMinutes(20);

  /** Between two files, so that no timer of anybody goes in step with us. */
  private static final int LEAST_PAUSE = 20;

  private static final int MOST_PAUSE = 40;

  private LatencyProbe() {}

  /** Milliseconds, one value a file. */
  static Distribution of(Carrier carrier, int files, int size) throws IOException {
    return Distribution.of(millis(carrier, Deposits.staged(carrier, files, size), () -> true));
  }

  /** As many of them as there is time for; none perhaps. */
  static List<Double> millis(Carrier carrier, Deposits deposits, BooleanSupplier goOn)
      throws IOException {
    List<Double> millis = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(deposits.left());
    try (Inotify inotify = new Inotify()) {
      inotify.watch(carrier.script(), Inotify.OPEN);
      while (deposits.left() > 0 && goOn.getAsBoolean()) {
        millis.add(one(inotify, deposits, carrier, PATIENCE));
        LockSupport.parkNanos(random.nextLong(LEAST_PAUSE, MOST_PAUSE) * 1_000_000);
      }
    }
    return millis;
  }

  /** Seconds of one large file. */
  static double seconds(Carrier carrier, Deposits deposits) throws IOException {
    try (Inotify inotify = new Inotify()) {
      inotify.watch(carrier.script(), Inotify.OPEN);
      return one(inotify, deposits, carrier, PATIENCE_FOR_LARGE) / 1e3;
    }
  }

  private static double one(Inotify inotify, Deposits deposits, Carrier carrier, Duration patience)
      throws IOException {
    long begun = System.nanoTime();
    String name = deposits.deposit();
    List<Inotify.Event> events = inotify.await(patience);
    if (events.isEmpty()) {
      throw new IllegalStateException(
          "%s: no script for %s after %s".formatted(carrier.system(), name, patience));
    }
    return (events.get(0).nanos() - begun) / 1e6;
  }
}
