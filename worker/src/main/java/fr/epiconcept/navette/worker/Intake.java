package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.link.Feed;
import fr.epiconcept.navette.broker.message.BrokeOff;
import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.broker.message.CorruptPayload;
import fr.epiconcept.navette.broker.message.Malformed;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.OtherVersion;
import fr.epiconcept.navette.broker.message.Parcel;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.turn.Turn;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;

/**
 * Takes the deposits of a flux over one link, and hands them on from stage to stage: received,
 * landed, run, settled. Files are received, and land in groups, while the script runs on those
 * before them; they run in the order of the queue, as many at once as the flux has lanes; their
 * ends are settled in groups, each together with its outcome and its answers.
 *
 * <p>Whatever goes wrong ends the intake as a whole: what runs comes to its end, all else goes back
 * to the broker in its order, and another intake begins anew from the marks.
 */
final class Intake implements Feed.Taker, Processing.Delivery {
  /** What a fault that no deposit caused rests before its message is taken again. */
  private static final Duration AFTER_FAULT = Duration.ofSeconds(5);

  /** Files that share one round of syncs, or one transaction, at most. */
  private static final int GROUP = 64;

  /** How much the client holds beside what is in hand. */
  private static final int WINDOW_BYTES = 16 << 10;

  private final Shared parts;
  private final FluxLog log;
  private final Owner owner;
  private final Feed feed;
  private final Settling settling;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Turn landingTurn;
  private final List<Turn> lanes = new ArrayList<>();
  private final Turn settlingTurn;

  // Guarded by this, each in the order of the queue.
  private final Deque<InHand> received = new ArrayDeque<>();
  private final Deque<InHand> landed = new ArrayDeque<>();
  private final Deque<InHand> ended = new ArrayDeque<>();
  private final Deque<Message> refused = new ArrayDeque<>();
  private final Room room;

  /** Steps that are being done, beside what waits for one. */
  private int busy;

  private volatile boolean takesNoMore;

  /**
   * What the intakes of a flux share.
   *
   * @param concurrency how many scripts run at once
   * @param ahead how many files may be in hand before their turn comes; 0: none, so that another
   *     worker can have the next
   */
  record Shared(
      FluxName flux,
      Processing processing,
      InProgress inProgress,
      Receipts receipts,
      Settling.Shared settling,
      FluxLog log,
      Turns turns,
      int concurrency,
      int ahead) {}

  /** Whoever makes the intakes of a flux. Called on threads of the intake's, without its lock. */
  interface Owner extends Settling.Told {
    /**
     * A deposit has an end, which is about to be settled. May be called again for the same. What
     * this writes is on disk before anything else is run.
     */
    void ending(InHand deposit) throws IOException;

    /** Something failed that no deposit caused. The intake takes no more, and another should. */
    void stumbled(Intake intake, Throwable cause, Duration rest);

    /** Whether a script may run now; what has ended already is settled in any case. */
    boolean mayRun();

    /** Ends could not be settled: they are to be, also if the flux is held by now. */
    void owes();

    /** It was given what is not its turn. It takes no more, and another should. */
    void handsBack(Intake intake, Duration rest);

    /** An intake that takes no more has nothing in hand any more. */
    void atRest();
  }

  /** An intake on {@code connection}, to which deposits come. */
  static Intake open(Connection connection, Shared parts, Owner owner) throws JMSException {
    Intake intake = new Intake(connection, parts, owner);
    boolean opened = false;
    try {
      // Not before all of it is made: a message may come at once.
      intake.feed.to(intake);
      opened = true;
      return intake;
    } finally {
      if (!opened) {
        intake.close();
      }
    }
  }

  private Intake(Connection connection, Shared parts, Owner owner) throws JMSException {
    this.parts = parts;
    this.log = parts.log();
    this.owner = owner;
    room = new Room(parts.concurrency() + parts.ahead());
    Turns turns = parts.turns();
    landingTurn = turns.turn(parts.flux() + " landing", this::land);
    for (int i = 0; i < parts.concurrency(); i++) {
      lanes.add(turns.turn(parts.flux() + " lane " + (i + 1), this::run));
    }
    settlingTurn = turns.turn(parts.flux() + " settling", this::settle);
    feed =
        Feed.open(
            connection, Addresses.deposits(parts.flux()), parts.ahead() == 0 ? 0 : WINDOW_BYTES);
    settling = new Settling(feed, parts.settling());
  }

  // --- received ---

  @Override
  public void take(Message message) {
    if (takesNoMore) {
      return;
    }
    enterStep();
    try {
      Parcel parcel = Contract.read(message);
      if (parcel instanceof Deposit deposit && deposit.flux().equals(parts.flux())) {
        take(deposit, message);
      } else {
        refuse(message, "it is no deposit of this flux");
      }
    } catch (CorruptPayload e) {
      handBack(AFTER_FAULT);
    } catch (Malformed e) {
      refuse(message, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stumble(e);
    } catch (OtherVersion | IOException | JMSException e) {
      stumble(e);
    } catch (RuntimeException | Error e) {
      // An Error too: the client would log what escapes, and bring the next message.
      stumble(e);
    } finally {
      leaveSteps(1);
    }
  }

  @Override
  public void cannotTake(JMSException cause) {
    stumble(cause);
  }

  private void take(Deposit deposit, Message message) throws IOException, InterruptedException {
    if (!room.await(this::isClosed)) {
      return;
    }
    if (!parts.inProgress().enter(deposit.id(), this::isClosed)) {
      handBack(Duration.ZERO);
      return;
    }
    boolean kept = false;
    try {
      kept = put(receive(deposit, message));
    } finally {
      if (!kept) {
        parts.inProgress().leave(deposit.id(), false);
      }
    }
    landingTurn.wake();
  }

  private synchronized boolean put(InHand inHand) {
    if (isClosed()) {
      inHand.giveUp();
      return false;
    }
    room.take(inHand.deposit().size());
    received.add(inHand);
    return true;
  }

  private InHand receive(Deposit deposit, Message message)
      throws IOException, InterruptedException {
    try {
      return parts.processing().receive(deposit, message);
    } catch (CorruptPayload e) {
      return giveUp(deposit, message, e);
    } catch (BrokeOff e) {
      if (!isClosed() && feed.stands()) {
        return giveUp(deposit, message, e.onSoundLink());
      }
      throw e;
    }
  }

  /** The file server has the true bytes: it is asked for them again, then told to give up. */
  private InHand giveUp(Deposit deposit, Message message, CorruptPayload fault)
      throws IOException, InterruptedException {
    Optional<InHand> givenUp = parts.processing().corrupt(deposit, message, fault);
    if (givenUp.isEmpty()) {
      throw fault;
    }
    return givenUp.get();
  }

  /** A message that is not what it says blocks nobody: it is settled, and its refusal is told. */
  private void refuse(Message message, String why) {
    try {
      Messages.skipPayload(message);
    } catch (IOException | RuntimeException e) {
      stumble(e);
      return;
    }
    log.error(null, "refused-message", "queue", Addresses.deposits(parts.flux()), "reason", why);
    synchronized (this) {
      refused.add(message);
    }
    settlingTurn.wake();
  }

  // --- landed ---

  private void land() {
    List<InHand> group = next(received);
    int passed = 0;
    try {
      Optional<IOException> fault = parts.processing().land(group);
      while (passed < group.size() && pass(group.get(passed))) {
        passed++;
      }
      if (fault.isPresent()) {
        throw fault.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stumbleBehind(e);
    } catch (IOException | RuntimeException | Error e) {
      stumbleBehind(e);
    } finally {
      drop(group.subList(passed, group.size()));
      leaveSteps(group.size());
    }
    wakeIfMore(received, landingTurn);
  }

  /** Whether it has landed, and goes on. */
  private boolean pass(InHand inHand) throws InterruptedException {
    if (inHand.written().isPresent()) {
      return false;
    }
    parts.processing().receipted(inHand, this);
    synchronized (this) {
      if (isClosed()) {
        return false;
      }
      landed.add(inHand);
    }
    lanes.forEach(Turn::wake);
    return true;
  }

  /** What came before the fault goes on; what came behind it goes back. */
  private void stumbleBehind(Throwable cause) {
    List<InHand> behind;
    synchronized (this) {
      takesNoMore = true;
      behind = new ArrayList<>(received);
      received.clear();
    }
    drop(behind);
    stumble(cause);
  }

  // --- run ---

  private void run() {
    for (Optional<InHand> next = nextToRun(); next.isPresent(); next = nextToRun()) {
      InHand inHand = next.get();
      boolean hasEnd = false;
      try {
        hasEnd = hasEnd(inHand);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        fail(e);
      } catch (IOException | RuntimeException | Error e) {
        fail(e);
      } finally {
        if (!hasEnd) {
          drop(List.of(inHand));
        }
        leaveSteps(1);
      }
      settlingTurn.wake();
    }
  }

  /** Runs it, unless an earlier delivery came as far; false if this one is over before the end. */
  private boolean hasEnd(InHand inHand) throws IOException, InterruptedException {
    if (inHand.end().isEmpty()) {
      if (!parts.inProgress().begin(inHand.id(), this::isClosed)) {
        return false;
      }
      if (!owner.mayRun()) {
        parts.inProgress().ran(inHand.id());
        end();
        owner.handsBack(this, Duration.ZERO);
        return false;
      }
      try {
        parts.processing().run(inHand, this);
      } finally {
        parts.inProgress().ran(inHand.id());
      }
    }
    if (inHand.end().isEmpty()) {
      return false;
    }
    owner.ending(inHand);
    synchronized (this) {
      // Also when the intake has ended meanwhile: perhaps it can still be settled.
      ended.add(inHand);
    }
    return true;
  }

  // --- settled ---

  private void settle() {
    List<InHand> group;
    List<Message> unwanted;
    synchronized (this) {
      group = some(ended);
      unwanted = new ArrayList<>(refused);
      refused.clear();
    }
    if (group.isEmpty() && unwanted.isEmpty()) {
      return;
    }
    boolean settled = false;
    try {
      if (parts.processing().putAway(group, this)) {
        settling.settle(group, unwanted);
        settled = true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(e);
    } catch (IOException | JMSException | RuntimeException | Error e) {
      owner.owes();
      fail(e);
    } finally {
      leave(group, settled);
      leaveSteps(group.size());
    }
    if (settled) {
      group.forEach(each -> owner.settled(each.end().orElseThrow()));
    }
    wakeIfMore(ended, settlingTurn);
  }

  // --- from stage to stage ---

  private synchronized List<InHand> next(Deque<InHand> stage) {
    return isClosed() ? List.of() : some(stage);
  }

  private synchronized Optional<InHand> nextToRun() {
    Optional<InHand> next = isClosed() ? Optional.empty() : Optional.ofNullable(landed.poll());
    busy += next.isPresent() ? 1 : 0;
    return next;
  }

  /** Until {@link #leaveSteps} each counts as a step that is being done. */
  private List<InHand> some(Deque<InHand> stage) {
    List<InHand> some = new ArrayList<>();
    while (!stage.isEmpty() && some.size() < GROUP) {
      some.add(stage.poll());
    }
    busy += some.size();
    return some;
  }

  private void wakeIfMore(Deque<InHand> stage, Turn turn) {
    boolean more;
    synchronized (this) {
      more = !stage.isEmpty();
    }
    if (more) {
      turn.wake();
    }
  }

  private synchronized void enterStep() {
    busy++;
  }

  private void leaveSteps(int many) {
    boolean rests;
    synchronized (this) {
      busy -= many;
      rests = takesNoMore && !isWorking();
    }
    if (rests) {
      owner.atRest();
    }
  }

  private void drop(List<InHand> group) {
    group.forEach(InHand::giveUp);
    leave(group, false);
  }

  private void leave(List<InHand> group, boolean settled) {
    for (InHand each : group) {
      parts.inProgress().leave(each.id(), settled);
      room.giveBack(each.deposit().size());
    }
  }

  // --- the delivery's part of the way ---

  @Override
  public void receipt(Deposit deposit) throws InterruptedException {
    parts.receipts().send(deposit);
  }

  @Override
  public boolean rest(Duration duration) throws InterruptedException {
    return !closed.await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }

  // --- the end ---

  /** It takes no more; what is in hand goes on, for it came before whatever failed. */
  private void stumble(Throwable cause) {
    takesNoMore = true;
    if (isClosed()) {
      log.info(null, "redelivery-expected", "reason", cause.getMessage());
    } else {
      owner.stumbled(this, cause, AFTER_FAULT);
    }
  }

  /** What is in hand may not overtake what failed. */
  private void fail(Throwable cause) {
    boolean wasOver = isClosed();
    end();
    if (wasOver && cause instanceof JMSException) {
      log.info(null, "redelivery-expected", "reason", cause.getMessage());
    } else {
      owner.stumbled(this, cause, AFTER_FAULT);
    }
  }

  private void handBack(Duration rest) {
    takesNoMore = true;
    if (!isClosed()) {
      owner.handsBack(this, rest);
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  /**
   * Ends every rest, takes nothing more, runs nothing more. Returns at once; a script that runs
   * comes to its end, which is settled if the link allows.
   */
  void end() {
    List<InHand> unrun = new ArrayList<>();
    synchronized (this) {
      takesNoMore = true;
      closed.countDown();
      unrun.addAll(landed);
      unrun.addAll(received);
      landed.clear();
      received.clear();
    }
    drop(unrun);
    room.wake();
  }

  /** Whether something is in hand, or a step is being done. One that has ended begins no other. */
  synchronized boolean isWorking() {
    return busy > 0 || !ended.isEmpty() || !landed.isEmpty() || !received.isEmpty();
  }

  /**
   * Gives back to the broker what is not settled. Waits for a step that is being done, but not for
   * long.
   */
  void close() throws JMSException {
    end();
    feed.close();
  }
}
