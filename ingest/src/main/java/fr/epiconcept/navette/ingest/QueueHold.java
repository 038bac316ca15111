package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.view.Held;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Whether a flux is held on the file server: its queue gives nothing to any worker, while deposits
 * are claimed and published as ever. The hold is a file, so that it survives restarts and a broker
 * that was wiped; to remove the file ends it.
 */
final class QueueHold {
  /** How often a held flux looks whether the hold is over. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final FluxName flux;
  private final Parts parts;
  private final Turns turns;
  private final FluxLog log;

  // Guarded by this.
  private boolean held;
  private boolean looking;
  private boolean closed;
  private String complaint = "";

  /** Opens and closes the queue of a flux. */
  @FunctionalInterface
  interface Valve {
    void hold(FluxName flux, boolean held);
  }

  /** What the holds of all fluxes share. */
  record Parts(Holds holds, Valve valve, InstantSource clock) {}

  QueueHold(FluxName flux, Parts parts, Turns turns, FluxLog log) {
    this.flux = flux;
    this.parts = parts;
    this.turns = turns;
    this.log = log;
  }

  /** Does what the file says; to be called at each start. */
  synchronized void begin() throws IOException {
    if (parts.holds().isOn(flux)) {
      Optional<Held> hold = parts.holds().of(flux);
      close();
      tell(hold);
    } else {
      parts.valve().hold(flux, false);
    }
  }

  private void tell(Optional<Held> hold) {
    log.warn(
        null,
        "held",
        "by",
        hold.flatMap(Held::by).orElse(null),
        "why",
        hold.map(Held::why).filter(why -> !why.isEmpty()).orElse(null),
        "until",
        hold.flatMap(Held::until).orElse(null));
  }

  /** Holds it from now on: on disk when this returns, and no file leaves any more. */
  synchronized Held hold(String by, String why, Optional<Instant> until) throws IOException {
    Held hold = parts.holds().put(flux, by, why, parts.clock().instant(), until);
    close();
    tell(Optional.of(hold));
    return hold;
  }

  /**
   * Ends the hold.
   *
   * @return whether there was one
   */
  synchronized boolean resume(String by) throws IOException {
    boolean was = parts.holds().end(flux);
    if (was) {
      log.info(null, "resumed", "by", by);
    }
    open();
    return was;
  }

  private void close() {
    parts.valve().hold(flux, true);
    held = true;
    if (!looking) {
      looking = true;
      turns.in(LOOK, this::look);
    }
  }

  private void open() {
    held = false;
    parts.valve().hold(flux, false);
  }

  private synchronized void look() {
    looking = false;
    if (!held || closed) {
      return;
    }
    try {
      if (isOver()) {
        open();
        return;
      }
      complaint = "";
    } catch (IOException | RuntimeException e) {
      if (!e.toString().equals(complaint)) {
        complaint = e.toString();
        log.error(null, "hold-stays", "reason", complaint, "again-in", LOOK);
      }
    }
    looking = true;
    turns.in(LOOK, this::look);
  }

  private boolean isOver() throws IOException {
    if (!parts.holds().isOn(flux)) {
      log.info(null, "resumed", "because", "the hold was removed");
      return true;
    }
    Optional<Held> hold = parts.holds().of(flux);
    Instant now = parts.clock().instant();
    if (hold.flatMap(Held::until).filter(end -> !now.isBefore(end)).isPresent()) {
      parts.holds().end(flux);
      log.info(null, "resumed", "because", "its time is over", "why", hold.get().why());
      return true;
    }
    return false;
  }

  /** Looks no more; the hold stays. */
  synchronized void end() {
    closed = true;
  }
}
