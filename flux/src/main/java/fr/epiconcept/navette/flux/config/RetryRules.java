package fr.epiconcept.navette.flux.config;

import java.time.Duration;
import java.util.Set;

/**
 * Which ends of a script mean "again later", and when that is.
 *
 * @param attempts how often the script is run at most, the first time included (default 5)
 * @param delay how long to wait before the second attempt (default 10 s)
 * @param multiplier by how much each wait is longer than the one before (default 2, at least 1)
 * @param maxDelay no wait is longer (default 10 minutes)
 * @param exitCodes the exit codes that mean "again later" (default 75, EX_TEMPFAIL)
 */
public record RetryRules(
    int attempts, Duration delay, double multiplier, Duration maxDelay, Set<Integer> exitCodes) {
  public RetryRules {
    exitCodes = Set.copyOf(exitCodes);
  }

  /** The rules of a flux that says nothing. */
  public static RetryRules defaults() {
    return new RetryRules(5, Duration.ofSeconds(10), 2, Duration.ofMinutes(10), Set.of(75));
  }

  /**
   * How long to wait after the {@code attempt}-th run ended with "again later".
   *
   * @param attempt 1 for the first
   */
  public Duration delayAfter(int attempt) {
    double factor = Math.pow(multiplier, attempt - 1);
    double millis = Math.min((double) delay.toMillis() * factor, (double) maxDelay.toMillis());
    return Duration.ofMillis((long) millis);
  }
}
