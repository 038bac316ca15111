package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.config.WorkerSection.OnFailure;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.view.Held;
import fr.epiconcept.navette.worker.Progress.Finished;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
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

  /** Ended by a hold; each is closed when its deposit is settled. */
  private final List<Lane> letDown = new ArrayList<>();

  private final Set<Lane> beingClosed = new HashSet<>();

  private boolean closing;
  private boolean watchingHold;
  private Optional<String> refused = Optional.empty();

  /** What lanes that are no more complained of last; it is over when another settles a file. */
  private final Set<String> complaintsLeft = new TreeSet<>();

  private boolean held;
  private String holdStays = "";

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
      held = true;
      watchHold();
    } else if (letDown.isEmpty()) {
      open();
    }
  }

  /** The link is dead, and every lane with it. */
  synchronized void unlinked() {
    end(lanes);
    lanes = List.of();
    // Their sessions die with the link; what they have in hand ends, and is settled later.
    letDown.clear();
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
      lanes = all();
      letDown.clear();
      idle = lanes.stream().filter(lane -> !lane.isWorking()).toList();
      lanes = lanes.stream().filter(Lane::isWorking).toList();
    }
    closeSessions(idle);
  }

  /** After {@link #stop}: ends all of them. Waits for what one has in hand, but not for long. */
  void letGo() {
    List<Lane> all;
    synchronized (this) {
      all = all();
      letDown.clear();
      lanes = List.of();
    }
    closeSessions(all);
  }

  /** Those of a held flux too. */
  private List<Lane> all() {
    List<Lane> all = new ArrayList<>(lanes);
    all.addAll(letDown);
    return all;
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
    boolean stillWanted = connection.equals(receiving) && lanes.isEmpty() && letDown.isEmpty();
    if (stillWanted && !closing && !hold.isOn()) {
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

  /** Holds the flux: a file that is being worked on goes its way to its end, no other begins. */
  Held hold(String by, String why, Optional<Instant> until) throws IOException {
    Held put = hold.put(by, why, until);
    log.warn(
        null,
        "held",
        "by",
        by,
        "why",
        put.why().isEmpty() ? null : put.why(),
        "until",
        until.orElse(null));
    letDown();
    return put;
  }

  /**
   * Ends the hold.
   *
   * @return whether there was one
   */
  boolean resume(String by) throws IOException {
    boolean was = hold.end();
    synchronized (this) {
      if (was) {
        log.info(null, "resumed", "by", by);
        held = false;
      }
    }
    lookAtHold();
    return was;
  }

  /** Before the end is told: whatever dies after that, nothing overtakes the failed file. */
  @Override
  public void ending(FileId id, Finished end) throws IOException {
    if (stopsAt(end) && !Progress.of(marks.read(id)).held()) {
      hold.stop("after: " + end.reason());
      // Once a file: when its end is told late, an operator may have decided already.
      marks.write(id, Progress.hold());
    }
  }

  @Override
  public void ended(Finished end) {
    goesOn();
    if (stopsAt(end) && hold.isOn()) {
      log.error(null, "stopped", "reason", end.reason(), "until-removed", hold.file());
      letDown();
    }
  }

  private synchronized void goesOn() {
    complaintsLeft.forEach(complaint -> log.info(null, "goes-on", "after", complaint));
    complaintsLeft.clear();
  }

  private boolean stopsAt(Finished end) {
    return end.result() != Result.PROCESSED && onFailure == OnFailure.STOP;
  }

  private synchronized void letDown() {
    held = true;
    end(lanes);
    letDown.addAll(lanes);
    lanes = List.of();
    watchHold();
  }

  private synchronized void watchHold() {
    if (!watchingHold) {
      watchingHold = true;
      turns.in(HOLD_LOOK, this::holdLookIsDue);
    }
  }

  private void holdLookIsDue() {
    synchronized (this) {
      watchingHold = false;
    }
    lookAtHold();
  }

  private synchronized void lookAtHold() {
    closeThoseAtRest();
    if (closing) {
      return;
    }
    if (isStillHeld()) {
      watchHold();
      return;
    }
    if (held) {
      held = false;
      log.info(null, "resumed", "because", "the hold was removed");
    }
    if (!letDown.isEmpty()) {
      // Never more files at once than the flux may have, nor one before another that is under way.
      watchHold();
    } else if (receiving != null && lanes.isEmpty()) {
      open();
    }
  }

  /** A lane counts until its session is closed: it may have been brought one more message. */
  private void closeThoseAtRest() {
    for (Lane lane : letDown) {
      if (!lane.isWorking() && beingClosed.add(lane)) {
        turns.execute(() -> close(lane));
      }
    }
  }

  private void close(Lane lane) {
    closeSessions(List.of(lane));
    synchronized (this) {
      letDown.remove(lane);
      beingClosed.remove(lane);
    }
  }

  private boolean isStillHeld() {
    try {
      Optional<Held> over = hold.endIfDue();
      if (over.isPresent()) {
        held = false;
        log.info(null, "resumed", "because", "its time is over", "why", over.get().why());
      }
    } catch (IOException e) {
      if (!e.toString().equals(holdStays)) {
        holdStays = e.toString();
        log.error(null, "hold-stays", "reason", holdStays, "again-in", HOLD_LOOK);
      }
      return true;
    }
    return hold.isOn();
  }
}
