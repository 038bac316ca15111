package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FluxName;
import java.util.Optional;

/**
 * Something that is wrong.
 *
 * @param weight how bad: what stops everything comes before what stops one flux
 * @param flux the one concerned; absent: a daemon or a link
 * @param what in one line
 * @param then what to do
 */
record Trouble(Weight weight, Optional<FluxName> flux, String what, String then) {
  /** The worst first. */
  enum Weight {
    DAEMON,
    LINK,
    FLUX_DOWN,
    NO_PROGRESS,
    FAULT,
    HELD,
    NOT_TAKEN,
    DEAD,
    RECENT_ERROR,
    SOON
  }

  static Trouble of(Weight weight, String what, String then) {
    return new Trouble(weight, Optional.empty(), what, then);
  }

  static Trouble of(Weight weight, FluxName flux, String what, String then) {
    return new Trouble(weight, Optional.of(flux), what, then);
  }
}
