package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.FileId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.jms.Message;

/**
 * Where the deposits of an {@link Intake} stand, between the steps that take them further: each
 * stage in the order of the queue. Whoever takes some out does a step with them, until {@link
 * #leave} says that it is done.
 */
final class Stages {
  private final int supply;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean takesNoMore;

  // Guarded by this.
  private final Gathering received;
  private final Deque<InHand> landed = new ArrayDeque<>();
  private final Gathering ended;
  private final Deque<Message> refused = new ArrayDeque<>();

  /** One has ended that another worker would have to judge: it is not kept waiting for others. */
  private boolean hurries;

  /** Steps that are being done, beside what waits for one. */
  private int busy;

  /** Those of them that are runs of the script. */
  private int running;

  /** What is to be settled: deposits that have their ends, and messages that are none. */
  record Ends(List<InHand> deposits, List<Message> refused) {
    boolean isEmpty() {
      return deposits.isEmpty() && refused.isEmpty();
    }
  }

  /**
   * Empty stages.
   *
   * @param supply with so many that have landed nobody who runs them will have to wait: until then
   *     files land as they come
   */
  Stages(int supply, LongSupplier nanoTime) {
    this.supply = supply;
    received = new Gathering(nanoTime);
    ended = new Gathering(nanoTime);
  }

  // --- into a stage ---

  /** Whether it stands there; not when all is over. */
  synchronized boolean received(InHand inHand) {
    if (isClosed()) {
      return false;
    }
    received.add(inHand);
    return true;
  }

  /** Whether it stands there; not when all is over. */
  synchronized boolean landed(InHand inHand) {
    return !isClosed() && landed.add(inHand);
  }

  /** Also when all is over: perhaps it can still be settled. */
  synchronized void ended(InHand inHand) {
    ended.add(inHand);
    hurries |= inHand.isShared();
  }

  synchronized void refused(Message message) {
    refused.add(message);
  }

  // --- out of a stage, each one step that is being done ---

  synchronized List<InHand> toLand() {
    return isClosed() ? List.of() : begin(received.take(landed.size() < supply));
  }

  synchronized Optional<InHand> toRun() {
    Optional<InHand> next = isClosed() ? Optional.empty() : Optional.ofNullable(landed.poll());
    busy += next.isPresent() ? 1 : 0;
    running += next.isPresent() ? 1 : 0;
    return next;
  }

  /** The file that would be run next. */
  synchronized Optional<FileId> nextToRun() {
    return Optional.ofNullable(landed.peek()).map(InHand::id);
  }

  synchronized Ends toSettle() {
    Ends ends = new Ends(begin(ended.take(isWanted())), new ArrayList<>(refused));
    refused.clear();
    hurries &= !ended.isEmpty();
    return ends;
  }

  private List<InHand> begin(List<InHand> some) {
    busy += some.size();
    return some;
  }

  /** When there will be something to land, if nothing else happens; nothing: not before it does. */
  synchronized Optional<Duration> untilLanding() {
    return received.untilDue(landed.size() < supply);
  }

  /** When there will be something to settle, as for {@link #untilLanding}. */
  synchronized Optional<Duration> untilSettling() {
    return ended.untilDue(isWanted());
  }

  private boolean isWanted() {
    return hurries || isLast();
  }

  /** Whether nothing is about to end besides: whoever sent the next one may wait for these. */
  private boolean isLast() {
    return isClosed() || (running == 0 && landed.isEmpty() && received.isEmpty());
  }

  // --- steps ---

  /** A step with what does not stand in any stage yet. */
  synchronized void enter() {
    busy++;
  }

  /**
   * So many steps are done.
   *
   * @return whether nothing is in hand any more, nor will be
   */
  synchronized boolean leave(int many) {
    busy -= many;
    return takesNoMore && !isWorking();
  }

  /** A run is over; as for {@link #leave}. */
  synchronized boolean leaveRun() {
    running--;
    return leave(1);
  }

  /** Whether something is in hand, or a step is being done. One that has ended begins no other. */
  synchronized boolean isWorking() {
    return busy > 0 || !ended.isEmpty() || !landed.isEmpty() || !received.isEmpty();
  }

  // --- the end ---

  boolean takesMore() {
    return !takesNoMore;
  }

  /** What is in hand goes on. */
  void takeNoMore() {
    takesNoMore = true;
  }

  /**
   * What has landed goes on.
   *
   * @return what was to land
   */
  synchronized List<InHand> landNoMore() {
    takesNoMore = true;
    return received.takeAll();
  }

  /**
   * Only what has ended goes on.
   *
   * @return what has not been run
   */
  synchronized List<InHand> close() {
    takesNoMore = true;
    closed.countDown();
    List<InHand> unrun = new ArrayList<>(landed);
    landed.clear();
    unrun.addAll(received.takeAll());
    return unrun;
  }

  boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** Waits; false if all was over before. */
  boolean rest(Duration duration) throws InterruptedException {
    return !closed.await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }
}
