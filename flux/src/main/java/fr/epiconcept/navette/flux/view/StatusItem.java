package fr.epiconcept.navette.flux.view;

import java.util.Optional;

/** An item of the answer to {@code status}: one of the two. */
public record StatusItem(Optional<DaemonStatus> daemon, Optional<FluxStatus> flux) {
  /** A daemon. */
  public static StatusItem of(DaemonStatus daemon) {
    return new StatusItem(Optional.of(daemon), Optional.empty());
  }

  /** A flux. */
  public static StatusItem of(FluxStatus flux) {
    return new StatusItem(Optional.empty(), Optional.of(flux));
  }
}
