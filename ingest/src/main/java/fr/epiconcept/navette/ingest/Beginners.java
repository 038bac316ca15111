package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.begin.Registering;
import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Brings what workers ask about the beginning of deposits to their fluxes. */
final class Beginners implements Registering.Register {
  private final LargeFiles permitted;
  private final Supplier<List<FluxIngest>> running;

  /** Whoever may fetch the bytes of a flux may ask about its deposits. */
  Beginners(LargeFiles permitted, Supplier<List<FluxIngest>> running) {
    this.permitted = permitted;
    this.running = running;
  }

  @Override
  public Set<FluxName> fluxesOf(String account) throws IOException {
    return permitted.fluxesOf(account);
  }

  @Override
  public List<Registering.Addressed> judge(FluxName flux, List<Registering.Addressed> came)
      throws IOException {
    for (FluxIngest each : running.get()) {
      if (each.name().equals(flux)) {
        return each.begun().judge(came);
      }
    }
    throw new IOException("flux " + flux + " does not run here now");
  }
}
