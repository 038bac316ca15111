package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.turn.Turn;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.jms.JMSException;

/**
 * What follows from a completion or from a landed answer, done in the turn: so one thread alone
 * sends and settles, and no thread of the client's ever waits for another.
 */
final class Steps {
  private final Turn turn;
  private final Queue<Step> next = new ConcurrentLinkedQueue<>();

  /** One of them. */
  @FunctionalInterface
  interface Step {
    void take() throws IOException, JMSException, InterruptedException;
  }

  Steps(Turn turn) {
    this.turn = turn;
  }

  /** Does it in the turn. Returns at once. */
  void later(Step step) {
    next.add(step);
    turn.wake();
  }

  /** To be called in the turn. After a failure the steps behind it are still to be taken. */
  void takeAll() throws IOException, JMSException, InterruptedException {
    for (Step step = next.poll(); step != null; step = next.poll()) {
      step.take();
    }
  }

  void clear() {
    next.clear();
  }
}
