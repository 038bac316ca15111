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
import fr.epiconcept.navette.flux.config.SeveralWorkers;
import fr.epiconcept.navette.flux.config.WorkerSection.Priority;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.turn.Turn;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  /** How much the client holds beside what is in hand. */
  private static final int WINDOW_BYTES = 16 << 10;

  private final Shared parts;
  private final FluxLog log;
  private final Owner owner;
  private final Feed feed;
  private final Settling settling;
  private final Turn landingTurn;
  private final List<Lane> lanes = new ArrayList<>();
  private final Turn settlingTurn;
  private final Stages stages;
  private final Room room;

  /** Whether it was said that deposits come to this worker; only by whoever takes them. */
  private boolean active;

  /**
   * What the intakes of a flux share.
   *
   * @param places in which the scripts of all fluxes run
   * @param priority who of those that wait for a place gets the next one
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
      Places places,
      Priority priority,
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
    room = new Room(parts.concurrency() + parts.ahead(), new FeedsDoor());
    stages = new Stages(Math.max(1, parts.ahead() / 2), System::nanoTime);
    Turns turns = parts.turns();
    landingTurn = turns.turn(parts.flux() + " landing", this::land);
    for (int i = 0; i < parts.concurrency(); i++) {
      String name = parts.flux() + " lane " + (i + 1);
      lanes.add(new Lane(name, parts, stages, owner, new Line()));
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
    if (!stages.takesMore()) {
      return;
    }
    stages.enter();
    try {
      Parcel parcel = Contract.read(message);
      if (parcel instanceof Deposit deposit && deposit.flux().equals(parts.flux())) {
        take(deposit, message, Contract.several(message));
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
      leave(1);
    }
  }

  @Override
  public void cannotTake(JMSException cause) {
    stumble(cause);
  }

  private void take(Deposit deposit, Message message, Optional<SeveralWorkers.Mode> several)
      throws IOException, InterruptedException {
    if (!parts.inProgress().enter(deposit.id(), stages::isClosed)) {
      handBack(Duration.ZERO);
      return;
    }
    boolean kept = false;
    try {
      InHand inHand = receive(deposit, message);
      parts.processing().shared(inHand, several);
      tellActive(several);
      kept = put(inHand);
    } finally {
      if (!kept) {
        boolean returns = several.filter(SeveralWorkers.Mode.SHARING::equals).isEmpty();
        parts.inProgress().leave(deposit.id(), !returns);
      }
    }
    landingTurn.wake();
  }

  /** A client's thread that waited for room would be one for each flux that has files enough. */
  private final class FeedsDoor implements Room.Door {
    @Override
    public void close() {
      feed.rests();
    }

    @Override
    public void open() {
      feed.goesOn();
    }
  }

  /** Where one of several workers gets all: that one is this. */
  private void tellActive(Optional<SeveralWorkers.Mode> several) {
    if (!active && several.filter(SeveralWorkers.Mode.ONE_ACTIVE::equals).isPresent()) {
      active = true;
      log.info(null, "active");
    }
  }

  private boolean put(InHand inHand) {
    // Before others can see it: they give the room back.
    room.take(inHand.deposit().size());
    if (!stages.received(inHand)) {
      room.giveBack(inHand.deposit().size());
      inHand.giveUp();
      return false;
    }
    return true;
  }

  private InHand receive(Deposit deposit, Message message)
      throws IOException, InterruptedException {
    try {
      return parts.processing().receive(deposit, message, this);
    } catch (CorruptPayload e) {
      return giveUp(deposit, message, e);
    } catch (BrokeOff e) {
      if (!stages.isClosed() && feed.stands()) {
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
    stages.refused(message);
    settlingTurn.wake();
  }

  // --- landed ---

  private void land() {
    List<InHand> group = stages.toLand();
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
      leave(group.size());
    }
    stages.untilLanding().ifPresent(landingTurn::wakeIn);
  }

  /** Whether it has landed, and goes on. */
  private boolean pass(InHand inHand) throws InterruptedException {
    if (inHand.written().isPresent()) {
      return false;
    }
    parts.processing().receipted(inHand, this);
    if (!stages.landed(inHand)) {
      return false;
    }
    lanes.forEach(Lane::wake);
    return true;
  }

  /** What came before the fault goes on; what came behind it goes back. */
  private void stumbleBehind(Throwable cause) {
    drop(stages.landNoMore());
    stumble(cause);
  }

  // --- run ---

  /** What its lanes tell. */
  private final class Line implements Lane.Line {
    @Override
    public void taken() {
      stages.untilLanding().filter(Duration::isZero).ifPresent(now -> landingTurn.wake());
    }

    @Override
    public void over(InHand inHand, boolean hasEnd) {
      if (inHand.isElsewhere()) {
        stages.refused(inHand.message());
      }
      if (!hasEnd) {
        drop(List.of(inHand));
      }
      if (stages.leaveRun()) {
        owner.atRest();
      }
      settlingTurn.wake();
    }

    @Override
    public void failed(Throwable cause) {
      fail(cause);
    }

    @Override
    public void held() {
      end();
      owner.handsBack(Intake.this, Duration.ZERO);
    }
  }

  // --- settled ---

  private void settle() {
    Stages.Ends ends = stages.toSettle();
    if (ends.isEmpty()) {
      stages.untilSettling().ifPresent(settlingTurn::wakeIn);
      return;
    }
    List<InHand> group = ends.deposits();
    boolean settled = false;
    try {
      if (parts.processing().putAway(group, this)) {
        settling.settle(group, ends.refused());
        settled = true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail(e);
    } catch (IOException | JMSException | RuntimeException | Error e) {
      owner.owes();
      fail(e);
    } finally {
      letGo(group, settled);
      leave(group.size());
    }
    if (settled) {
      group.forEach(each -> owner.settled(each.end().orElseThrow()));
    }
    stages.untilSettling().ifPresent(settlingTurn::wakeIn);
  }

  // --- out of hand ---

  private void drop(List<InHand> group) {
    group.forEach(InHand::giveUp);
    letGo(group, false);
  }

  private void letGo(List<InHand> group, boolean settled) {
    for (InHand each : group) {
      parts.inProgress().leave(each.id(), settled || !each.returnsHere());
      room.giveBack(each.deposit().size());
    }
  }

  private void leave(int steps) {
    if (stages.leave(steps)) {
      owner.atRest();
    }
  }

  // --- the delivery's part of the way ---

  @Override
  public void receipt(Deposit deposit) throws InterruptedException {
    parts.receipts().send(deposit);
  }

  @Override
  public boolean rest(Duration duration) throws InterruptedException {
    return stages.rest(duration);
  }

  @Override
  public boolean isOver() {
    return stages.isClosed();
  }

  // --- the end ---

  /** It takes no more; what is in hand goes on, for it came before whatever failed. */
  private void stumble(Throwable cause) {
    stages.takeNoMore();
    if (stages.isClosed()) {
      log.info(null, "redelivery-expected", "reason", cause.getMessage());
    } else {
      owner.stumbled(this, cause, AFTER_FAULT);
    }
  }

  /** What is in hand may not overtake what failed. */
  private void fail(Throwable cause) {
    boolean wasOver = stages.isClosed();
    end();
    if (wasOver && cause instanceof JMSException) {
      log.info(null, "redelivery-expected", "reason", cause.getMessage());
    } else {
      owner.stumbled(this, cause, AFTER_FAULT);
    }
  }

  private void handBack(Duration rest) {
    stages.takeNoMore();
    if (!stages.isClosed()) {
      owner.handsBack(this, rest);
    }
  }

  /**
   * Ends every rest, takes nothing more, runs nothing more. Returns at once; a script that runs
   * comes to its end, which is settled if the link allows.
   */
  void end() {
    drop(stages.close());
    lanes.forEach(Lane::wake);
    settlingTurn.wake();
  }

  /** Whether something is in hand, or a step is being done. One that has ended begins no other. */
  boolean isWorking() {
    return stages.isWorking();
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
