package fr.epiconcept.navette.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.jms.Message;

/**
 * Where the deposits of an {@link Intake} stand, between the steps that take them further: each
 * stage in the order of the queue. Whoever takes some out does a step with them, until {@link
 * #leave} says that it is done.
 */
final class Stages {
  /** Files that share one round of syncs, or one transaction, at most. */
  private static final int GROUP = 64;

  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile boolean takesNoMore;

  // Guarded by this.
  private final Deque<InHand> received = new ArrayDeque<>();
  private final Deque<InHand> landed = new ArrayDeque<>();
  private final Deque<InHand> ended = new ArrayDeque<>();
  private final Deque<Message> refused = new ArrayDeque<>();

  /** Steps that are being done, beside what waits for one. */
  private int busy;

  /** What is to be settled: deposits that have their ends, and messages that are none. */
  record Ends(List<InHand> deposits, List<Message> refused) {
    boolean isEmpty() {
      return deposits.isEmpty() && refused.isEmpty();
    }
  }

  // --- into a stage ---

  /** Whether it stands there; not when all is over. */
  synchronized boolean received(InHand inHand) {
    return !isClosed() && received.add(inHand);
  }

  /** Whether it stands there; not when all is over. */
  synchronized boolean landed(InHand inHand) {
    return !isClosed() && landed.add(inHand);
  }

  /** Also when all is over: perhaps it can still be settled. */
  synchronized void ended(InHand inHand) {
    ended.add(inHand);
  }

  synchronized void refused(Message message) {
    refused.add(message);
  }

  // --- out of a stage, each one step that is being done ---

  synchronized List<InHand> toLand() {
    return isClosed() ? List.of() : some(received);
  }

  synchronized Optional<InHand> toRun() {
    Optional<InHand> next = isClosed() ? Optional.empty() : Optional.ofNullable(landed.poll());
    busy += next.isPresent() ? 1 : 0;
    return next;
  }

  synchronized Ends toSettle() {
    Ends ends = new Ends(some(ended), new ArrayList<>(refused));
    refused.clear();
    return ends;
  }

  private List<InHand> some(Deque<InHand> stage) {
    List<InHand> some = new ArrayList<>();
    while (!stage.isEmpty() && some.size() < GROUP) {
      some.add(stage.poll());
    }
    busy += some.size();
    return some;
  }

  synchronized boolean hasMoreToLand() {
    return !received.isEmpty();
  }

  synchronized boolean hasMoreToSettle() {
    return !ended.isEmpty();
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
    return all(received);
  }

  /**
   * Only what has ended goes on.
   *
   * @return what has not been run
   */
  synchronized List<InHand> close() {
    takesNoMore = true;
    closed.countDown();
    List<InHand> unrun = all(landed);
    unrun.addAll(all(received));
    return unrun;
  }

  private static List<InHand> all(Deque<InHand> stage) {
    List<InHand> all = new ArrayList<>(stage);
    stage.clear();
    return all;
  }

  boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** Waits; false if all was over before. */
  boolean rest(Duration duration) throws InterruptedException {
    return !closed.await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }
}
