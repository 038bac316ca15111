package fr.epiconcept.navette.flux.alert;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.AlertClass;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.view.Held;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A flux that is held on this server. */
public final class HeldFlux {
  private final FluxName flux;
  private final Holds holds;

  /** The flux, by the state folder of its daemon. */
  public HeldFlux(FluxName flux, Path state, Side side) {
    this.flux = flux;
    this.holds = new Holds(state, side);
  }

  /** That it is held, if it is. */
  public Optional<Condition> now() throws IOException {
    return holds.of(flux).map(this::condition);
  }

  private Condition condition(Held held) {
    Map<String, String> values = new TreeMap<>();
    values.put("why", held.why());
    held.by().ifPresent(by -> values.put("by", by));
    held.until().ifPresent(until -> values.put("until", until.toString()));
    return new Condition(
        AlertClass.HELD,
        Optional.of(flux),
        "",
        held.since(),
        "flux "
            + flux
            + " is held: nothing is processed"
            + (held.why().isEmpty() ? "" : ": " + held.why()),
        values);
  }
}
