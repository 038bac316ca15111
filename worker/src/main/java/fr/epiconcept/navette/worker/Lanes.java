package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.flux.config.WorkerSection.OnFailure;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.turn.Turn;
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
import javax.jms.Connection;
import javax.jms.JMSException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link Intake} of a flux over the link of the moment: opened when there is one, made anew
 * when it stumbles, let down for as long as the flux is held. The next is never open before the one
 * before it is closed, so no file overtakes another that is under way.
 */
final class Lanes implements Intake.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);

  /** How often a held flux looks whether an operator has ended the hold. */
  private static final Duration HOLD_LOOK = Duration.ofSeconds(1);

  /** How long a flux that is refused by a living broker waits before it tries again. */
  private static final Duration REOPEN = Duration.ofSeconds(10);

  private final Intake.Shared parts;
  private final OnFailure onFailure;
  private final Hold hold;
  private final Marks marks;
  private final FluxLog log;
  private final Turns turns;
  private final Turn tending;

  // Guarded by this.
  private Optional<Connection> receiving = Optional.empty();
  private Optional<Intake> intake = Optional.empty();

  /** They take no more; each is closed when it has nothing in hand. */
  private final List<Intake> letDown = new ArrayList<>();

  private final Set<Intake> beingClosed = new HashSet<>();
  private long notBefore = System.nanoTime();
  private boolean closing;
  private Optional<String> refused = Optional.empty();

  /** The fault of the machine that was met last and that is not over. */
  private String complaint = "";

  /** An end could not be settled: it is, over the next intake, whether the flux is held or not. */
  private boolean owesEnds;

  private boolean held;
  private String holdStays = "";

  /** The lanes of one flux; no intake is open yet. */
  Lanes(Intake.Shared parts, OnFailure onFailure, Hold hold, Marks marks) {
    this.parts = parts;
    this.onFailure = onFailure;
    this.hold = hold;
    this.marks = marks;
    this.log = parts.log();
    this.turns = parts.turns();
    this.tending = turns.turn(parts.flux() + " lanes", this::tend);
  }

  // --- the link ---

  /** The link for receiving is there: deposits come. */
  synchronized void linked(Connection connection) {
    receiving = Optional.of(connection);
    tend();
  }

  /** The link is dead, and the session of every intake with it. */
  synchronized void unlinked() {
    intake.ifPresent(Intake::end);
    intake = Optional.empty();
    // What they have in hand ends, and is settled over the next link.
    letDown.clear();
    receiving = Optional.empty();
  }

  /** Takes nothing more, and ends every rest. Running scripts go on. */
  synchronized void stop() {
    closing = true;
    intake.ifPresent(Intake::end);
    letDown.forEach(Intake::end);
  }

  /**
   * After {@link #stop}: ends those that have nothing in hand, for over a link that stays the
   * broker would bring them one message after the other.
   */
  void letIdleGo() {
    List<Intake> idle;
    synchronized (this) {
      intake.ifPresent(letDown::add);
      intake = Optional.empty();
      idle = letDown.stream().filter(each -> !each.isWorking()).toList();
      letDown.removeAll(idle);
    }
    idle.forEach(Lanes::closeQuietly);
  }

  /** After {@link #stop}: ends all of them. Waits for what one has in hand, but not for long. */
  void letGo() {
    List<Intake> all;
    synchronized (this) {
      all = new ArrayList<>(letDown);
      intake.ifPresent(all::add);
      letDown.clear();
      intake = Optional.empty();
    }
    all.forEach(Lanes::closeQuietly);
  }

  private static void closeQuietly(Intake intake) {
    try {
      intake.close();
    } catch (JMSException e) {
      LOG.debug("a session that is dead cannot be closed", e);
    }
  }

  // --- opening, and opening again ---

  /** Closes what is at rest, and opens anew once nothing of the old is left and nothing forbids. */
  private synchronized void tend() {
    closeThoseAtRest();
    if (closing || intake.isPresent() || receiving.isEmpty()) {
      return;
    }
    if (isStillHeld() && !owesEnds) {
      held = true;
      tending.wakeIn(HOLD_LOOK);
      return;
    }
    if (held && !hold.isOn()) {
      held = false;
      log.info(null, "resumed", "because", "the hold was removed");
    }
    long rest = notBefore - System.nanoTime();
    if (rest > 0) {
      tending.wakeIn(Duration.ofNanos(rest));
    } else if (letDown.isEmpty()) {
      open(receiving.get());
    }
  }

  /** An intake counts until its session is closed: it may have been brought one more message. */
  private void closeThoseAtRest() {
    for (Intake each : letDown) {
      if (!each.isWorking() && beingClosed.add(each)) {
        turns.execute(() -> close(each));
      }
    }
  }

  private void close(Intake ended) {
    closeQuietly(ended);
    synchronized (this) {
      letDown.remove(ended);
      beingClosed.remove(ended);
    }
    tending.wake();
  }

  /**
   * A flux that is refused (its account may not have it, its queue is gone) tries again for as long
   * as the link lives: what an operator mends at the broker needs no restart here.
   */
  private void open(Connection connection) {
    try {
      intake = Optional.of(Intake.open(connection, parts, this));
      owesEnds = false;
      if (parts.processing().hasOthers()) {
        log.info(null, "ready");
      }
      refused.ifPresent(reason -> log.info(null, "goes-on", "after", reason));
      refused = Optional.empty();
    } catch (JMSException e) {
      String reason = String.valueOf(e.getMessage());
      log.error(null, "receives-nothing", "reason", reason, "again-in", REOPEN);
      refused = Optional.of(reason);
      notBefore = System.nanoTime() + REOPEN.toNanos();
      tending.wakeIn(REOPEN);
    }
  }

  // --- what an intake says ---

  @Override
  public synchronized void stumbled(Intake stumbling, Throwable cause, Duration rest) {
    if (!cause.toString().equals(complaint)) {
      // The same fault every five seconds is one line, until it is another.
      String before = complaint.isEmpty() ? null : complaint;
      complaint = cause.toString();
      log.error(null, "suspended", "reason", complaint, "again-in", rest, "instead-of", before);
    }
    letDown(stumbling, rest);
  }

  @Override
  public boolean mayRun() {
    return !hold.isOn();
  }

  @Override
  public synchronized void owes() {
    owesEnds = true;
  }

  @Override
  public synchronized void handsBack(Intake given, Duration rest) {
    letDown(given, rest);
  }

  private void letDown(Intake taking, Duration rest) {
    if (intake.filter(taking::equals).isPresent()) {
      intake = Optional.empty();
      letDown.add(taking);
    }
    notBefore = System.nanoTime() + rest.toNanos();
    tending.wake();
  }

  @Override
  public void atRest() {
    tending.wake();
  }

  /** Before the end is told: whatever dies after that, nothing overtakes the failed file. */
  @Override
  public void ending(InHand deposit) throws IOException {
    Finished end = deposit.end().orElseThrow();
    if (!stopsAt(end)) {
      return;
    }
    if (!Progress.of(marks.read(deposit.id())).held()) {
      hold.stop("after: " + end.reason());
      // Once a file: when its end is told late, an operator may have decided already.
      marks.write(deposit.id(), Progress.hold());
    }
    if (hold.isOn()) {
      letDown();
    }
  }

  @Override
  public void settled(Finished end) {
    synchronized (this) {
      if (!complaint.isEmpty()) {
        log.info(null, "goes-on", "after", complaint);
        complaint = "";
      }
    }
    if (stopsAt(end) && hold.isOn()) {
      log.error(null, "stopped", "reason", end.reason(), "until-removed", hold.file());
      letDown();
    }
  }

  private boolean stopsAt(Finished end) {
    return end.result() != Result.PROCESSED && onFailure == OnFailure.STOP;
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
    tending.wake();
    return was;
  }

  private synchronized void letDown() {
    held = true;
    intake.ifPresent(
        taking -> {
          taking.end();
          letDown.add(taking);
        });
    intake = Optional.empty();
    // One that had stumbled let what was before its fault go on; a hold does not.
    letDown.forEach(Intake::end);
    tending.wake();
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
