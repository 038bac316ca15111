package fr.epiconcept.navette.flux.alert;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Since when things are so, as whoever looks again and again can know it. How long is measured by
 * the monotonic clock: one that is set right makes no alarm. Not for several threads.
 */
public final class HowLong {
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final Map<String, Beginning> beginnings = new HashMap<>();

  private record Beginning(Instant at, long nanos) {}

  /** Nothing is known yet. */
  public HowLong(InstantSource clock, LongSupplier nanoTime) {
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /**
   * Notes whether it is so.
   *
   * @return since when it is, if that is for {@code atLeast} already
   */
  public Optional<Instant> since(String what, boolean isSo, Duration atLeast) {
    if (!isSo) {
      beginnings.remove(what);
      return Optional.empty();
    }
    long now = nanoTime.getAsLong();
    Beginning beginning =
        beginnings.computeIfAbsent(what, w -> new Beginning(clock.instant(), now));
    return now - beginning.nanos() >= atLeast.toNanos()
        ? Optional.of(beginning.at())
        : Optional.empty();
  }
}
