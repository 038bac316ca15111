package fr.epiconcept.navette.ingest.sftp;

import fr.epiconcept.navette.flux.config.SftpRules;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.log.OneLine;
import fr.epiconcept.navette.flux.turn.Turn;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a {@link Crossing} going: a link when one is needed, a new one when it breaks, later and
 * later as long as there is none. A server that hangs holds up this ferry and no other.
 */
final class Ferry implements AutoCloseable {
  /** Each next try waits twice as long. */
  record Patience(Duration first, Duration last) {
    private static final Patience USUAL =
        new Patience(Duration.ofSeconds(1), Duration.ofMinutes(1));

    private Duration after(int failures) {
      long millis = first.toMillis() << Math.min(20, failures - 1);
      return millis > last.toMillis() ? last : Duration.ofMillis(millis);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(Ferry.class);

  /** A link that would be idle for longer is given back. */
  private static final Duration IDLE = Duration.ofMinutes(1);

  private final String what;
  private final SftpRules rules;
  private final Crossing crossing;
  private final FluxLog log;
  private final Patience patience;
  private final Turn turn;

  // The turn's own.
  private int failures;

  // Guarded by this.
  private SftpLink link;
  private boolean closed;

  /** Why nothing crosses; empty if it does. */
  private volatile String fault = "";

  /**
   * A ferry; nothing is done before it is woken.
   *
   * @param what crosses, for the log: {@code inbox} or {@code out}
   */
  Ferry(String what, SftpRules rules, Crossing crossing, FluxLog log, Turns turns, String turn) {
    this(what, rules, crossing, log, turns, turn, Patience.USUAL);
  }

  Ferry(
      String what,
      SftpRules rules,
      Crossing crossing,
      FluxLog log,
      Turns turns,
      String turn,
      Patience patience) {
    this.what = what;
    this.rules = rules;
    this.crossing = crossing;
    this.log = log;
    this.patience = patience;
    this.turn = turns.turn(turn, this::turn);
  }

  /** There may be something to do. */
  void wake() {
    turn.wake();
  }

  /** Why nothing crosses, in one line; nothing if it does, as far as is known. */
  Optional<String> fault() {
    return Optional.of(fault).filter(why -> !why.isEmpty());
  }

  /** Whether it is being closed: whoever is in the middle of something ends it. */
  synchronized boolean isClosed() {
    return closed;
  }

  /** How long one turn has been at work. */
  Optional<Duration> busyFor() {
    return turn.busyFor();
  }

  private void turn() {
    try {
      if (isClosed() || !crossing.isDue()) {
        letGo();
        turn.wakeIn(crossing.rest());
        return;
      }
      Duration rest = crossing.cross(link());
      over();
      if (rest.compareTo(IDLE) > 0) {
        letGo();
      }
      turn.wakeIn(rest);
    } catch (SftpFault e) {
      failed(e.getMessage(), e.isOfLink());
    } catch (IOException e) {
      failed("on this machine: " + e, false);
    } catch (RuntimeException e) {
      // The library's, of what a server said: a new link may do better, and status must tell.
      LOG.debug("{} of {}", what, rules.server(), e);
      failed(rules.server().server() + ": " + OneLine.of(e.toString()), true);
    }
  }

  private void failed(String why, boolean linkIsDead) {
    if (isClosed()) {
      return;
    }
    failures++;
    Duration again = patience.after(failures);
    if (linkIsDead) {
      letGo();
    }
    if (!why.equals(fault)) {
      log.error(
          null,
          "suspended",
          "what",
          what,
          "reason",
          why,
          "again-in",
          again,
          "instead-of",
          fault.isEmpty() ? null : fault);
      fault = why;
    }
    turn.wakeIn(again);
  }

  private void over() {
    failures = 0;
    if (!fault.isEmpty()) {
      log.info(null, "goes-on", "what", what, "after", fault);
      fault = "";
    }
  }

  private SftpLink link() throws IOException {
    synchronized (this) {
      if (link != null && link.stands()) {
        return link;
      }
    }
    letGo();
    SftpLink fresh = SftpLink.open(rules);
    synchronized (this) {
      if (!closed) {
        link = fresh;
        return fresh;
      }
    }
    fresh.close();
    throw SftpFault.ofLink("the flux ends", null);
  }

  private void letGo() {
    SftpLink old;
    synchronized (this) {
      old = link;
      link = null;
    }
    if (old != null) {
      old.close();
    }
  }

  /** Ends what is under way, which goes on at the next start. May be called twice. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    letGo();
    turn.close();
    letGo();
  }
}
