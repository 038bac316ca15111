package fr.epiconcept.navette.flux.pulse;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.log.LogLine;
import fr.epiconcept.navette.flux.log.LogListener;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** The {@link Pulse} of each flux of a daemon. */
public final class Pulses implements LogListener {
  private final LongSupplier nanoTime;
  private final Map<FluxName, Pulse> all = new ConcurrentHashMap<>();

  /**
   * Nothing was heard yet.
   *
   * @param nanoTime the monotonic clock
   */
  public Pulses(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  @Override
  public void logged(FluxName flux, LogLine line) {
    of(flux).hear(line);
  }

  /** That of one flux. */
  public Pulse of(FluxName flux) {
    return all.computeIfAbsent(flux, name -> new Pulse(nanoTime));
  }
}
