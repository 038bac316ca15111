package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.view.DaemonStatus;
import fr.epiconcept.navette.flux.view.FluxStatus;
import java.util.List;
import java.util.Optional;

/**
 * What `status` could learn.
 *
 * @param daemons those that answered
 * @param absent daemons of this machine that did not
 * @param silent other machines that did not, though they are linked or nobody can say
 * @param fluxes as each server tells of them
 */
record Sight(List<Daemon> daemons, List<Absent> absent, List<Silent> silent, List<Flux> fluxes) {
  /** Where a word comes from. */
  enum Source {
    /** A daemon that runs. */
    LIVE,
    /** What stands on the disk of this machine. */
    DISK
  }

  /**
   * A daemon.
   *
   * @param from the other machine that says so; absent: this one
   */
  record Daemon(Optional<String> from, DaemonStatus status) {}

  /** A daemon of this machine that does not answer, and why. */
  record Absent(Side side, String why) {}

  /** A machine that does not answer, and why. */
  record Silent(String from, String why) {}

  /**
   * A flux as one server tells of it.
   *
   * @param from the other machine that says so; absent: this one
   */
  record Flux(Optional<String> from, Source source, FluxStatus status) {}
}
