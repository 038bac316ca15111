package fr.epiconcept.navette.chaos;

import java.time.Duration;
import java.util.Locale;

/**
 * One fault of a plan.
 *
 * @param at from the beginning of the run
 * @param lasts how long until it is taken back
 * @param flux whose, where it is a flux's
 * @param room which of its folders, where it is a folder's
 * @param dose how bad, from 0 to 99: what it means depends on the kind
 */
record Fault(Kind kind, Duration at, Duration lasts, Flux flux, Site.Room room, int dose) {
  /** All that can go wrong. */
  enum Kind {
    KILL_INGEST("kill -9 of ingest"),
    KILL_WORKER("kill -9 of the worker, its scripts live on"),
    KILL_WORKER_GROUP("kill -9 of the worker and its scripts"),
    KILL_BOTH("kill -9 of both at once"),
    STOP_INGEST("ingest stopped in order"),
    STOP_WORKER("the worker stopped in order"),
    FREEZE_INGEST("ingest frozen (SIGSTOP)"),
    FREEZE_WORKER("the worker frozen (SIGSTOP)"),
    KILL_SECOND("kill -9 of the second worker and its scripts"),
    FREEZE_SECOND("the second worker frozen (SIGSTOP)"),
    LINK_CUT("link cut"),
    LINK_CUT_ONE_SIDE("link cut, seen by the worker alone"),
    LINK_HALF_OPEN("link half open: nothing passes"),
    LINK_SLOW("link slow"),
    BROKER_WIPED("kill -9 of ingest, broker's data wiped"),
    JOURNAL_CUT("kill -9 of ingest, a journal file cut short"),
    DISK_FILES("disk full: file server"),
    DISK_BROKER("disk full: broker"),
    DISK_FRONT("disk full: processing server"),
    DISK_OTHER("disk full: a spool's own"),
    DISK_LOGS("disk full: logs"),
    RIGHTS("a folder's rights taken away"),
    VANISHED("a folder gone"),
    SCRIPT_GONE("a script gone"),
    CLOCK_INGEST_BACK("clock of ingest set back"),
    CLOCK_INGEST_FORWARD("clock of ingest set forward"),
    CLOCK_WORKER_BACK("clock of the worker set back"),
    CLOCK_WORKER_FORWARD("clock of the worker set forward"),
    ROTATION("logs rotated by a rename (logrotate)"),
    ROTATION_COPY("logs rotated by copytruncate (logrotate)");

    final String words;

    Kind(String words) {
      this.words = words;
    }

    boolean isOfClock() {
      return name().startsWith("CLOCK_");
    }
  }

  /**
   * So far a clock is set: minutes, hours or days, and never so far that something ends which may.
   * What was done is remembered for 30 days.
   */
  Duration step() {
    Duration much =
        switch (dose % 3) {
          case 0 -> Duration.ofMinutes(1 + dose / 2);
          case 1 -> Duration.ofHours(1 + dose / 5);
          default -> Duration.ofDays(1 + dose / 12);
        };
    return kind.name().endsWith("_BACK") ? much.negated() : much;
  }

  @Override
  public String toString() {
    String where =
        switch (kind) {
          case RIGHTS, VANISHED ->
              " (" + flux.label() + " " + room.name().toLowerCase(Locale.ROOT) + ")";
          case SCRIPT_GONE -> " (" + flux.label() + ")";
          case CLOCK_INGEST_BACK, CLOCK_INGEST_FORWARD, CLOCK_WORKER_BACK, CLOCK_WORKER_FORWARD ->
              " (" + step().toString().substring(2) + ")";
          default -> "";
        };
    return "%6.1f s  for %5.1f s  %s%s"
        .formatted(at.toMillis() / 1000.0, lasts.toMillis() / 1000.0, kind.words, where);
  }
}
