package fr.epiconcept.navette.flux;

/**
 * Is told each time a file has come one step further; the only place where a test may let a daemon
 * die. The daemons run with {@link #NONE}.
 */
@FunctionalInterface
public interface Checkpoint {
  /** Nobody listens. */
  Checkpoint NONE = (step, id) -> {};

  /**
   * A step is reached. The call stands exactly between two effects that a crash may part: what the
   * step's name says is done, what follows is not.
   *
   * @param id the deposit or acknowledgement concerned
   */
  void reached(Step step, FileId id);

  /** Every point on the way of a file at which a crash leaves something different behind. */
  enum Step {
    // --- the side that sends (ingest for deposits, worker for acknowledgements) ---
    /** Renamed out of the partner's reach; the folder is not synced yet. */
    CLAIMED,
    /** The check said yes (ingest); nothing sent yet. */
    CHECKED,
    /** Handed to the broker; its word is not here yet. */
    SENDING,
    /** The broker has it on disk; the spool does not say so yet. */
    SENT,
    /** The spool says "published"; markers are gone. */
    PUBLISHED,
    /** The check said no; the deposit still stands in the spool. */
    REFUSED,
    /** In quarantine, the reason beside it, both durable; its folder in the spool still stands. */
    QUARANTINED,

    // --- the worker ---
    /** A message is here; nothing is written. */
    RECEIVING,
    /** Whole and synced under a hidden name in its folder. */
    WRITTEN,
    /** The mark says where it will stand; it does not stand there yet. */
    LANDING,
    /** Renamed into place. */
    LANDED,
    /** The receipt is on its way. */
    RECEIPTED,
    /** The mark says that the script starts; it does not run yet. */
    STARTED,
    /** The script has ended; no mark says so. */
    RAN,
    /** The mark holds the outcome; the broker does not know. */
    FINISHED,
    /** The script's acknowledgements are in the spool. */
    ANSWERED,
    /** Outcome and acknowledgements are sent in a transaction that is not committed. */
    SETTLING,
    /** Committed; the spool does not say so yet. */
    SETTLED,

    // --- ingest, on the way back ---
    /** The receipt is read; the deposit still stands in the spool. */
    ARRIVED,
    /** The record says where the archive will have it; not moved yet. */
    RECORDED,
    /** Moved to the archive. */
    ARCHIVED,
    /** The outcome is read; the record still stands. */
    ENDED,
    /** A failed deposit is among the dead letters; the record still says "arrived". */
    DEAD,
    /** The record is closed; the worker is not told yet. */
    CLOSED
  }
}
