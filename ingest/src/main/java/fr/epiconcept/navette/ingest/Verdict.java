package fr.epiconcept.navette.ingest;

import java.util.Optional;

/**
 * Under which heading of the books a file is counted.
 *
 * @param fault why it is not where it should be; only in the remainder
 * @param purged whether it is older than anything that the archive still has
 */
record Verdict(Heading heading, Optional<Fault> fault, boolean purged) {
  /** What a flux's received files are made of. */
  enum Heading {
    PROCESSED,
    QUARANTINED,
    DEAD,
    WAITING,
    REPLAYED,
    REMAINDER
  }

  /** What is where, and what to do; a line each. */
  record Fault(String what, String then) {}

  static Verdict of(Heading heading) {
    return new Verdict(heading, Optional.empty(), false);
  }

  static Verdict fault(String what, String then) {
    return new Verdict(Heading.REMAINDER, Optional.of(new Fault(what, then)), false);
  }

  boolean isFault() {
    return fault.isPresent();
  }
}
