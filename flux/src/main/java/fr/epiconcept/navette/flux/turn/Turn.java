package fr.epiconcept.navette.flux.turn;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A piece of work that is done again each time somebody wakes it: never twice at once, and never
 * forgotten when the wake-up comes while it runs. Wake-ups that come before it starts are one.
 *
 * <p>No thread waits for it: it borrows one from the {@link Turns} it belongs to.
 */
public final class Turn implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Turn.class);

  private enum State {
    IDLE,
    QUEUED,
    RUNNING,
    RUNNING_AND_WOKEN,
    CLOSED
  }

  private final String name;
  private final Turns turns;
  private final Runnable work;
  private State state = State.IDLE;
  private boolean closing;
  private long beganAt;
  private ScheduledFuture<?> alarm;
  private long alarmAt;

  Turn(String name, Turns turns, Runnable work) {
    this.name = name;
    this.turns = turns;
    this.work = work;
  }

  /** Asks for the work to be done once more, as soon as possible. Returns at once. */
  public synchronized void wake() {
    if (closing) {
      return;
    }
    if (state == State.IDLE) {
      state = State.QUEUED;
      start();
    } else if (state == State.RUNNING) {
      state = State.RUNNING_AND_WOKEN;
    }
  }

  private void start() {
    boolean accepted = false;
    try {
      accepted = turns.accepts(this::run);
    } catch (OutOfMemoryError noThread) {
      LOG.error("{}: no thread to be had; tried again in {} s", name, seconds(), noThread);
    } finally {
      // Queued without a thread would mean that every later wake-up is lost too.
      if (!accepted) {
        state = State.IDLE;
        wakeIn(turns.afterFault());
      }
    }
  }

  /** Asks for it at the latest in {@code delay}; an earlier alarm that is set already stays. */
  public synchronized void wakeIn(Duration delay) {
    if (closing) {
      return;
    }
    long at = System.nanoTime() + delay.toNanos();
    if (alarm != null && alarmAt - at <= 0) {
      return;
    }
    if (alarm != null) {
      alarm.cancel(false);
    }
    alarmAt = at;
    alarm = turns.timer().schedule(() -> rings(at), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Takes back what {@link #wakeIn} asked for, so that nothing keeps in memory what is over. */
  public synchronized void wakeInNoMore() {
    if (alarm != null) {
      alarm.cancel(false);
      alarm = null;
    }
  }

  /**
   * The alarm is over before it wakes anybody: the turn may set the next one while this one's
   * thread has not got as far as to call it done.
   */
  private synchronized void rings(long at) {
    if (alarmAt == at) {
      alarm = null;
    }
    wake();
  }

  /** How long the work has been going on; nothing while it rests. */
  public synchronized Optional<Duration> busyFor() {
    return state == State.RUNNING || state == State.RUNNING_AND_WOKEN
        ? Optional.of(Duration.ofNanos(System.nanoTime() - beganAt))
        : Optional.empty();
  }

  private void run() {
    synchronized (this) {
      if (closing) {
        finish();
        return;
      }
      state = State.RUNNING;
      beganAt = System.nanoTime();
    }
    Thread thread = Thread.currentThread();
    String before = thread.getName();
    thread.setName(name);
    boolean escaped = true;
    try {
      work.run();
      escaped = false;
    } catch (RuntimeException | Error e) {
      // One flux's fault must not end the thread that others need, nor go unseen.
      LOG.error("{}: unexpected fault; will be tried again in {} s", name, seconds(), e);
    } finally {
      thread.setName(before);
      after(escaped);
    }
  }

  private long seconds() {
    return turns.afterFault().toSeconds();
  }

  private synchronized void after(boolean escaped) {
    boolean again = state == State.RUNNING_AND_WOKEN && !escaped;
    state = State.IDLE;
    if (closing) {
      finish();
    } else if (again) {
      wake();
    } else if (escaped) {
      wakeIn(turns.afterFault());
    }
  }

  private void finish() {
    state = State.CLOSED;
    notifyAll();
  }

  /** Lets a running turn end, for 30 seconds at most, and starts no other. May be called twice. */
  @Override
  public synchronized void close() {
    closing = true;
    if (alarm != null) {
      alarm.cancel(false);
    }
    if (state == State.IDLE) {
      finish();
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (state != State.CLOSED) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        LOG.warn("{}: still busy after 30 s; not waited for any longer", name);
        return;
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
