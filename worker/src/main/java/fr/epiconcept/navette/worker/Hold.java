package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.view.Held;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Whether a flux is held on this processing server: a file {@code <state>/hold/<flux>}, which
 * survives restarts. An operator ends the hold by {@code navette resume}, or by removing the file.
 */
final class Hold {
  /** Who holds a flux whose file failed. */
  private static final String BY_ITSELF = "on-failure: stop";

  private final Holds holds;
  private final FluxName flux;
  private final InstantSource clock;

  Hold(Path state, FluxName flux, InstantSource clock) {
    this.holds = new Holds(state, Side.WORKER);
    this.flux = flux;
    this.clock = clock;
  }

  /** To read only; makes nothing. */
  static Hold at(Path state, FluxName flux) {
    return new Hold(state, flux, InstantSource.system());
  }

  /** Why it is held, for people: with who and until when. */
  Optional<String> reason() throws IOException {
    return now().map(Held::reason);
  }

  boolean isOn() {
    return holds.isOn(flux);
  }

  Optional<Held> now() throws IOException {
    return holds.of(flux);
  }

  /** A file failed, and nothing may overtake it. */
  void stop(String why) throws IOException {
    put(BY_ITSELF, why, Optional.empty());
  }

  Held put(String by, String why, Optional<Instant> until) throws IOException {
    return holds.put(flux, by, why, clock.instant(), until);
  }

  /** Ends it; false if there was none. */
  boolean end() throws IOException {
    return holds.end(flux);
  }

  /**
   * Ends it if its time has come.
   *
   * @return the hold that ended
   */
  Optional<Held> endIfDue() throws IOException {
    Optional<Held> due =
        now()
            .filter(held -> held.until().filter(end -> !clock.instant().isBefore(end)).isPresent());
    return due.isPresent() && end() ? due : Optional.empty();
  }

  Path file() {
    return holds.file(flux);
  }
}
