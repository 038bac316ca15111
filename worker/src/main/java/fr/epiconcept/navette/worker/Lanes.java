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
    if (closing) {
      return;
    }
    if (hold.isOn()) {
      watchHold();
    } else {
      open();
    }
  }

  /** The link is dead, and every lane with it. */
  synchronized void unlinked() {
    lanes.forEach(Lane::end);
    lanes = List.of();
    receiving = null;
  }

  /** Takes nothing more, and ends every rest. Running scripts go on. */
  synchronized void stop() {
    closing = true;
    lanes.forEach(Lane::end);
  }

  /**
   * After {@link #stop}: ends those that have nothing in hand, for over a link that stays the
   * broker would bring them one message after the other.
   */
  void letIdleGo() {
    List<Lane> idle;
    synchronized (this) {
      idle = lanes.stream().filter(lane -> !lane.isWorking()).toList();
      lanes = lanes.stream().filter(Lane::isWorking).toList();
    }
    closeSessions(idle);
  }

  /** After {@link #stop}: ends all of them. Waits for what one has in hand, but not for long. */
  void letGo() {
    List<Lane> all;
    synchronized (this) {
      all = lanes;
      lanes = List.of();
    }
    closeSessions(all);
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
    } catch (JMSException e) {
      log.error(null, "receives-nothing", "reason", e.getMessage(), "again-in", REOPEN);
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
      old.forEach(Lane::end);
    }
    turns.execute(() -> closeSessions(old));
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
    if (stopsAt(end) && hold.isOn()) {
      log.error(null, "stopped", "reason", end.reason(), "until-removed", hold.file());
      retire();
      watchHold();
    }
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
