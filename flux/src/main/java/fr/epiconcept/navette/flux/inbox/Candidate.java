package fr.epiconcept.navette.flux.inbox;

import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.file.FileIdentity;

/** What the inbox has seen of one file so far. Times are of the monotonic clock, in nanoseconds. */
final class Candidate {
  /** How it came to our notice, which decides what it takes to believe that it is complete. */
  enum Seen {
    /** A writer has made it and has not closed it: nothing but its close counts. */
    OPENED,
    /** Its writer closed it: believed after the quiet window. */
    CLOSED,
    /** Renamed into place: whole by the sender's own word. */
    MOVED,
    /** Met in a listing: nobody told us, so it must prove itself for longer. */
    FOUND
  }

  final TreeName name;

  /** Its place in the order of arrival. */
  long order;

  Seen seen;

  /** When it came to our notice. */
  long met;

  /** When it was last seen to change. */
  long since;

  /** When another look is due. Whoever asks what waits reads it too. */
  volatile long due;

  /** Whether it is ready, and waits for one that came before it. */
  boolean heldBack;

  /** How it looked then; null before the first look. */
  FileIdentity looks;

  /** Why it was not taken at the last look. Whoever asks what waits reads it too. */
  volatile String reason = "it has just come";

  Candidate(TreeName name) {
    this.name = name;
  }

  void happened(Seen how, long now, long newOrder) {
    if (order == 0) {
      met = now;
    }
    seen = how;
    since = now;
    due = now;
    heldBack = false;
    order = newOrder;
    looks = null;
  }
}
