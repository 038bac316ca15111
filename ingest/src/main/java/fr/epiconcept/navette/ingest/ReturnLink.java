package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.carry.Sender;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.turn.Turn;
import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.MessageListener;
import javax.jms.Session;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSConstants;

/**
 * The {@link ReturnSession session} of a flux over the link of the moment: opened when there is
 * one, and opened anew for as long as something in the queue cannot be taken, for only a new
 * session brings again what was left unsettled.
 */
final class ReturnLink {
  private static final Duration AFTER_FAULT = Duration.ofSeconds(5);
  private static final Duration OVER = AFTER_FAULT.multipliedBy(2);

  private final FluxName flux;
  private final Reader reader;
  private final FluxLog log;
  private final Turn turn;

  // Guarded by this.
  private Connection connection;
  private String era = "";
  private long reopenAt;
  private boolean reopen;
  private final Map<String, Long> complaints = new HashMap<>();

  private volatile ReturnSession present;

  /** Who reads the queue. */
  interface Reader extends MessageListener {
    /** Whether a message is being taken that should not be cut off: it may be large. */
    boolean isLanding();

    /** Drops what an earlier session brought: it comes again. */
    void forget();
  }

  /**
   * No session yet.
   *
   * @param turn is woken when there is a session, and when {@link #reopenIfDue} has something to do
   */
  ReturnLink(FluxName flux, Reader reader, FluxLog log, Turn turn) {
    this.flux = flux;
    this.reader = reader;
    this.log = log;
    this.turn = turn;
  }

  // --- the link ---

  /** Never fails: a return queue that cannot be read is tried again as long as the link stands. */
  synchronized void linked(Connection fresh, String itsEra) {
    connection = fresh;
    era = itsEra;
    try {
      open(fresh, era);
    } catch (JMSException | RuntimeException e) {
      comesAgain("the return queue cannot be read", e);
    }
  }

  synchronized void unlinked() {
    connection = null;
    detach(present);
  }

  /**
   * The flux ends, and the link may stand: what reads the queue is closed, or the broker would go
   * on to give it a share of what comes home. What it held comes again to who reads the queue next.
   */
  void end() {
    ReturnSession last;
    synchronized (this) {
      last = present;
      unlinked();
    }
    try {
      if (last != null) {
        last.close();
      }
    } catch (JMSException e) {
      // The link is dead, and its session with it.
      log.info(null, "redelivery-expected", "reason", e);
    }
  }

  /** The session of the moment. */
  Optional<ReturnSession> present() {
    return Optional.ofNullable(present);
  }

  /** Whether that session is the one of the moment: what came over another comes again. */
  boolean isPresent(ReturnSession session) {
    return session == present;
  }

  private void open(Connection fresh, String itsEra) throws JMSException {
    Sender sender = new Sender(fresh, refused -> comesAgain("a receipt is not sent", refused));
    Session session = fresh.createSession(false, ActiveMQJMSConstants.INDIVIDUAL_ACKNOWLEDGE);
    ReturnSession made = new ReturnSession(session, sender, itsEra);
    // Before the listener, which may be called at once.
    present = made;
    boolean reading = false;
    try {
      session
          .createConsumer(session.createQueue(Addresses.returns(flux)))
          .setMessageListener(reader);
      reading = true;
    } finally {
      if (!reading) {
        detach(made);
        made.close();
      }
    }
    turn.wake();
  }

  /** Gives up a session, if it still is the present one. */
  private synchronized void detach(ReturnSession dead) {
    if (dead != null && isPresent(dead)) {
      present = null;
      dead.sender().close();
    }
  }

  // --- what cannot be taken ---

  /**
   * Leaves a message unsettled. It comes again with a new session, when the cause may have gone;
   * until then the others pass it.
   */
  void comesAgain(String what, Throwable cause) {
    synchronized (this) {
      String line = what + ": " + cause;
      if (isNews(line)) {
        log.error(null, "suspended", "reason", line, "again-in", AFTER_FAULT);
      }
      if (!reopen) {
        reopenAt = System.nanoTime() + AFTER_FAULT.toNanos();
        reopen = true;
      }
    }
    turn.wakeIn(AFTER_FAULT);
  }

  /** A fault that lasts is said once, however many there are; one that was over is news again. */
  private synchronized boolean isNews(String line) {
    sayWhatIsOver();
    return complaints.put(line, System.nanoTime()) == null;
  }

  /** What did not come again for two tries is over. */
  private synchronized void sayWhatIsOver() {
    long now = System.nanoTime();
    for (Iterator<Map.Entry<String, Long>> all = complaints.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<String, Long> each = all.next();
      if (now - each.getValue() > OVER.toNanos()) {
        all.remove();
        log.info(null, "goes-on", "after", each.getKey());
      }
    }
    if (!complaints.isEmpty()) {
      turn.wakeIn(OVER);
    }
  }

  // --- opening again, in the turn ---

  synchronized boolean isReopening() {
    return reopen;
  }

  void reopenIfDue() {
    sayWhatIsOver();
    if (!isReopening()) {
      return;
    }
    Duration left = untilReopening();
    if (!left.isZero()) {
      turn.wakeIn(left);
      return;
    }
    ReturnSession old = present;
    detach(old);
    reader.forget();
    try {
      if (old != null) {
        old.close();
      }
      synchronized (this) {
        reopen = false;
        // The link may have brought another connection meanwhile, or none: then there is nothing to
        // do here.
        if (present == null && connection != null) {
          open(connection, era);
        }
      }
    } catch (JMSException | RuntimeException e) {
      comesAgain("the return queue cannot be read", e);
    }
  }

  /** Zero when it is time. What is just landing is let down first. */
  private synchronized Duration untilReopening() {
    long left = reopenAt - System.nanoTime();
    if (left > 0) {
      return Duration.ofNanos(left);
    }
    return reader.isLanding() ? Duration.ofSeconds(1) : Duration.ZERO;
  }
}
