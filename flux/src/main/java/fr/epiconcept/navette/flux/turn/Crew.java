package fr.epiconcept.navette.flux.turn;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Those who do the work of all turns: so many at once, the rest in the order in which it came. With
 * hundreds of fluxes at work each would else have threads, buffers and messages on their way at the
 * same time, which takes memory and makes nothing faster.
 *
 * <p>Who has been at one piece of work for long is not counted: it may hang, as a network file
 * system does, and must not keep others from theirs.
 */
final class Crew {
  /** As long as this no work takes that goes on, even on a slow disk with all others at work. */
  static final Duration LONG = Duration.ofSeconds(5);

  private final Executor threads;
  private final LongSupplier nanoTime;

  // Guarded by this.
  private final Deque<Piece> waiting = new ArrayDeque<>();
  private final Set<Piece> atWork = new HashSet<>();
  private int most;

  /** A piece of work; the same work may come twice. */
  private static final class Piece {
    private final Runnable work;
    private long since;

    Piece(Runnable work) {
      this.work = work;
    }
  }

  Crew(int most, Executor threads, LongSupplier nanoTime) {
    this.most = most;
    this.threads = threads;
    this.nanoTime = nanoTime;
  }

  /** From now on so many work at once. */
  void most(int number) {
    synchronized (this) {
      most = number;
    }
    callMore();
  }

  /**
   * Does {@code work}, or has it wait.
   *
   * @return whether it waits; then {@link #callMore} has to be called now and then
   * @throws java.util.concurrent.RejectedExecutionException as the threads do
   */
  boolean takes(Runnable work) {
    Piece piece = new Piece(work);
    synchronized (this) {
      if (!waiting.isEmpty() || !hasRoom()) {
        waiting.add(piece);
        return true;
      }
      begins(piece);
    }
    starts(piece);
    return false;
  }

  /**
   * Has those begin for whom there is room since others have been at work for long.
   *
   * @return whether some wait still
   */
  boolean callMore() {
    for (Piece next = next(); next != null; next = next()) {
      try {
        starts(next);
      } catch (OutOfMemoryError noThread) {
        synchronized (this) {
          waiting.addFirst(next);
        }
        return true;
      }
    }
    synchronized (this) {
      return !waiting.isEmpty();
    }
  }

  private void starts(Piece piece) {
    boolean started = false;
    try {
      threads.execute(() -> goOnFrom(piece));
      started = true;
    } finally {
      if (!started) {
        ended(piece);
      }
    }
  }

  /** One after the other on the same thread, as long as some wait. */
  private void goOnFrom(Piece first) {
    Piece piece = first;
    while (piece != null) {
      boolean well = false;
      try {
        piece.work.run();
        well = true;
      } finally {
        ended(piece);
        if (!well) {
          // This thread is lost for the others.
          callMore();
        }
      }
      piece = next();
    }
  }

  private synchronized Piece next() {
    if (waiting.isEmpty() || !hasRoom()) {
      return null;
    }
    Piece next = waiting.poll();
    begins(next);
    return next;
  }

  private synchronized void begins(Piece piece) {
    piece.since = nanoTime.getAsLong();
    atWork.add(piece);
  }

  private synchronized void ended(Piece piece) {
    atWork.remove(piece);
  }

  private synchronized boolean hasRoom() {
    if (atWork.size() < most) {
      return true;
    }
    long now = nanoTime.getAsLong();
    return atWork.stream().filter(each -> now - each.since < LONG.toNanos()).count() < most;
  }
}
