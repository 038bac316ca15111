package fr.epiconcept.navette.broker.link;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next attempt: doubling, up to a limit, and never the same for two
 * workers that lost the same broker.
 *
 * @param first after the first failure
 * @param max the longest
 * @param random from 0 to 1
 */
public record Backoff(Duration first, Duration max, DoubleSupplier random) {
  /** 200 ms doubling to 5 s: a file must cross within seconds of its server's return. */
  public static Backoff standard() {
    return new Backoff(Duration.ofMillis(200), Duration.ofSeconds(5), Math::random);
  }

  /**
   * The wait, between half and all of its nominal length.
   *
   * @param failures so far, from 1
   */
  public Duration after(int failures) {
    int doublings = Math.min(Math.max(failures, 1) - 1, 20);
    long nominal = Math.min(first.toMillis() << doublings, max.toMillis());
    return Duration.ofMillis((long) (nominal * (0.5 + random.getAsDouble() / 2)));
  }
}
