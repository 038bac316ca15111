package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.log.OneLine;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The hold of a flux as whoever only looks sees it; nothing is made.
 *
 * @param why one line for people
 * @param since when it was put
 */
record HoldView(String why, Instant since) {
  /** The hold in the daemon's state folder, or nothing. */
  static Optional<HoldView> of(Path state, FluxName flux) throws IOException {
    return new Holds(state, Side.WORKER)
        .of(flux)
        .map(held -> new HoldView(OneLine.of(held.reason()), held.since()));
  }
}
