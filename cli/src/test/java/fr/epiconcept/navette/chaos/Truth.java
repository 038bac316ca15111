package fr.epiconcept.navette.chaos;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** What partners deposited, as they remember it. For many threads. */
final class Truth {
  private final AtomicInteger serials = new AtomicInteger();
  private final List<Deposit> deposits = new ArrayList<>();
  private final Map<Flux, Integer> places = new EnumMap<>(Flux.class);

  /** A number for the next deposit. */
  int nextSerial() {
    return serials.incrementAndGet();
  }

  /**
   * A deposit stands under its final name: from now on it may not get lost.
   *
   * @param made with the place that it is given here, in the order of these calls
   */
  synchronized Deposit deposited(Flux flux, java.util.function.IntFunction<Deposit> made) {
    int place = places.merge(flux, 1, Integer::sum);
    Deposit deposit = made.apply(place);
    deposits.add(deposit);
    return deposit;
  }

  synchronized List<Deposit> deposits() {
    return List.copyOf(deposits);
  }
}
