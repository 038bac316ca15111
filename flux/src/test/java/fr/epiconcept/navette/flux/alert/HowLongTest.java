package fr.epiconcept.navette.flux.alert;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HowLongTest {
  private static final Duration LIMIT = Duration.ofMinutes(10);

  private final AtomicLong nanos = new AtomicLong();
  private final HowLong away = new HowLong(() -> Told.START.plusNanos(nanos.get()), nanos::get);

  private Optional<Instant> since(boolean isSo) {
    return away.since("front1", isSo, LIMIT);
  }

  @Test
  void isSaidOnlyOfWhatIsSoForLongEnoughAndCountsAnewAfterwards() {
    assertEquals(Optional.empty(), since(true));
    nanos.addAndGet(LIMIT.toNanos() - 1);
    assertEquals(Optional.empty(), since(true));
    nanos.addAndGet(1);
    assertEquals(Optional.of(Told.START), since(true));
    assertEquals(Optional.empty(), since(false));
    assertEquals(Optional.empty(), since(true));
    nanos.addAndGet(LIMIT.toNanos());
    assertEquals(Optional.of(Told.START.plus(LIMIT)), since(true));
  }
}
