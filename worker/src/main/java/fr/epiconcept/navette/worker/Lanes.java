package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.config.WorkerSection.OnFailure;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.worker.Progress.Finished;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.jms.Connection;
import javax.jms.JMSException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link Lane lanes} of a flux over the link of the moment: opened when there is one, made anew
 * when one of them dies, closed for as long as the flux is held.
 */
final class Lanes implements Lane.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

  /** How often a held flux looks whether an operator has ended the hold. */
  private static final Duration HOLD_LOOK = Duration.ofSeconds(1);

  /** How long a flux that is refused by a living broker waits before it tries again. */
  private static final Duration REOPEN = Duration.ofSeconds(10);

  private final Lane.Shared parts;
  private final int concurrency;
  private final OnFailure onFailure;
  private final Hold hold;
  private final Marks marks;
  private final FluxLog log;
  private final Turns turns;

  // Guarded by this.
  private Connection receiving;
  private List<Lane> lanes = List.of();
  private boolean closing;
  private boolean watchingHold;
  private Optional<String> refused = Optional.empty();

  /** What lanes that are no more complained of last; it is over when another settles a file. */
  private final Set<String> complaintsLeft = new TreeSet<>();

  /**
   * The lanes of one flux; none is open yet.
   *
   * @param concurrency how many are open at once
   */
  Lanes(
      Lane.Shared parts,
      int concurrency,
      OnFailure onFailure,
      Hold hold,
      Marks marks,
      Turns turns) {
    this.parts = parts;
    this.concurrency = concurrency;
    this.onFailure = onFailure;
    this.hold = hold;
    this.marks = marks;
    this.log = parts.log();
    this.turns = turns;
  }

  // --- the link ---

  /** The link for receiving is there: deposits come. */
  synchronized void linked(Connection connection) {
    receiving = connection;
    if (hold.isOn()) {
      watchHold();
    } else {
      open();
    }
  }

  /** The link is dead, and every lane with it. */
  synchronized void unlinked() {
    end(lanes);
    lanes = List.of();
    receiving = null;
  }

  /** Takes nothing more, and ends every rest. Running scripts go on. */
  synchronized void stop() {
    closing = true;
    lanes.forEach(Lane::end);
  }

  /** Why it is held, if it is. */
  Optional<String> held() {
    try {
      return hold.reason();
    } catch (IOException e) {
      return Optional.of("a file that cannot be read says so: " + hold.file());
    }
  }

  // --- opening, and opening again ---

  /**
   * A flux that is refused (its account may not have it, its queue is gone) tries again for as long
   * as the link lives: what an operator mends at the broker needs no restart here.
   */
  private void open() {
    Connection connection = receiving;
    List<Lane> opened = new ArrayList<>();
    try {
      for (int i = 0; i < concurrency; i++) {
        opened.add(new Lane(connection, parts, this));
      }
      lanes = opened;
      refused.ifPresent(reason -> log.info(null, "goes-on", "after", reason));
      refused = Optional.empty();
    } catch (JMSException e) {
      String reason = String.valueOf(e.getMessage());
      log.error(null, "receives-nothing", "reason", reason, "again-in", REOPEN);
      refused = Optional.of(reason);
      opened.forEach(Lane::end);
      closeSessions(opened);
      turns.in(REOPEN, () -> reopen(connection));
    }
  }

  private synchronized void reopen(Connection connection) {
    boolean stillWanted = connection.equals(receiving) && lanes.isEmpty() && !hold.isOn();
    if (stillWanted && !closing) {
      open();
    }
  }

  /** One lane's session is of no use any more, though the link may live: all are made anew. */
  @Override
  public void died(Lane lane) {
    Connection connection;
    synchronized (this) {
      if (!lanes.contains(lane)) {
        return;
      }
      connection = receiving;
    }
    retire();
    turns.in(REOPEN, () -> reopen(connection));
  }

  private void retire() {
    List<Lane> old;
    synchronized (this) {
      old = lanes;
      lanes = List.of();
      end(old);
    }
    turns.execute(() -> closeSessions(old));
  }

  private synchronized void end(List<Lane> old) {
    for (Lane lane : old) {
      lane.end();
      lane.complaint().ifPresent(complaintsLeft::add);
    }
  }

  private static void closeSessions(List<Lane> lanes) {
    for (Lane lane : lanes) {
      try {
        lane.session().close();
      } catch (JMSException e) {
        LOG.debug("a session that is dead cannot be closed", e);
      }
    }
  }

  // --- holding ---

  /** Before the end is told: whatever dies after that, nothing overtakes the failed file. */
  @Override
  public void ending(FileId id, Finished end) throws IOException {
    if (stopsAt(end) && !Progress.of(marks.read(id)).held()) {
      hold.put("on-failure: stop, after: " + end.reason());
      // Once a file: when its end is told late, an operator may have decided already.
      marks.write(id, Progress.hold());
    }
  }

  @Override
  public void ended(Finished end) {
    goesOn();
    if (stopsAt(end) && hold.isOn()) {
      log.error(null, "stopped", "reason", end.reason(), "until-removed", hold.file());
      retire();
      watchHold();
    }
  }

  private synchronized void goesOn() {
    complaintsLeft.forEach(complaint -> log.info(null, "goes-on", "after", complaint));
    complaintsLeft.clear();
  }

  private boolean stopsAt(Finished end) {
    return end.result() != Result.PROCESSED && onFailure == OnFailure.STOP;
  }

  private synchronized void watchHold() {
    if (!watchingHold) {
      watchingHold = true;
      turns.in(HOLD_LOOK, this::lookAtHold);
    }
  }

  private synchronized void lookAtHold() {
    watchingHold = false;
    if (closing || receiving == null || !lanes.isEmpty()) {
      return;
    }
    if (hold.isOn()) {
      watchHold();
    } else {
      log.info(null, "resumed");
      open();
    }
  }
}
