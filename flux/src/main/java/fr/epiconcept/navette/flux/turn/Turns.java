package fr.epiconcept.navette.flux.turn;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads and the clockwork that all turns of a daemon share.
 *
 * <p>Threads are made on demand and go after a minute without work: at most one a turn is busy, and
 * {@value #AT_ONCE} of all turns are, whatever the number of fluxes; the others come in their
 * order. A flux whose file system hangs holds one thread and is not counted, so it delays no other:
 * see {@link Crew}.
 */
public final class Turns implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

  /**
   * How long to wait before another try when the machine has no room for a thread, or something
   * unexpected escaped from a turn: it must not stop the flux for ever; nor may it spin.
   */
  private static final Duration AFTER_FAULT = Duration.ofSeconds(5);

  /** How many turns are at work at once, beside those that take long. */
  static final int AT_ONCE = 64;

  /** While some wait for others, it is looked so often whether those take long. */
  private static final Duration LOOK = Duration.ofMillis(500);

  /** How often the clockwork shows that it goes. */
  private static final Duration BEAT = Duration.ofSeconds(5);

  private final AtomicInteger count = new AtomicInteger();
  private final Duration afterFault;
  private final ExecutorService threads;
  private final Crew crew;
  private final AtomicBoolean looking = new AtomicBoolean();
  private final ScheduledThreadPoolExecutor timer;
  private volatile long lastBeat = System.nanoTime();

  public Turns() {
    this(Executors::newCachedThreadPool, AFTER_FAULT);
  }

  /** With threads from elsewhere, where a test wants to run out of them. */
  Turns(Function<ThreadFactory, ExecutorService> pool, Duration afterFault) {
    this(pool, afterFault, BEAT);
  }

  /** With another beat. */
  Turns(Function<ThreadFactory, ExecutorService> pool, Duration afterFault, Duration beat) {
    this.afterFault = afterFault;
    threads = pool.apply(this::thread);
    crew = new Crew(AT_ONCE, threads, System::nanoTime);
    timer = new ScheduledThreadPoolExecutor(1, this::thread);
    timer.setRemoveOnCancelPolicy(true);
    // It refuses nothing before it is closed, and then nobody is to be woken.
    timer.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
    // Now, while there are threads to be had: without it nothing would ever be tried again.
    timer.prestartCoreThread();
    every(beat, beat, () -> lastBeat = System.nanoTime());
  }

  /**
   * How long ago the clockwork and a thread were last seen to work. They show it every five
   * seconds: far more means that no flux is woken any more.
   */
  public Duration lastBeat() {
    return Duration.ofNanos(System.nanoTime() - lastBeat);
  }

  /**
   * From now on so many more may be at work at once: those of them that do nothing but wait for
   * programs.
   */
  public void waitFor(int programs) {
    crew.most(AT_ONCE + programs);
  }

  /** A new turn; {@code name} is the thread's name while the work is done. */
  public Turn turn(String name, Runnable work) {
    return new Turn(name, this, work);
  }

  /** Does {@code work} once, on a thread of its own; not if all has been closed. */
  public void execute(Runnable work) {
    accepts(work);
  }

  /**
   * Whether {@code work} will be done. Clients that are being closed still wake somebody when all
   * has been closed: there is nothing more to do then, and nothing to complain of.
   */
  boolean accepts(Runnable work) {
    try {
      if (crew.takes(work)) {
        lookSoon();
      }
      return true;
    } catch (RejectedExecutionException e) {
      if (threads.isShutdown()) {
        return false;
      }
      throw e;
    }
  }

  private void lookSoon() {
    if (looking.compareAndSet(false, true)) {
      ScheduledFuture<?> unused = timer.schedule(this::look, LOOK.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void look() {
    looking.set(false);
    if (crew.callMore()) {
      lookSoon();
    }
  }

  /** Does {@code work} again and again, on a thread of its own, until the turns are closed. */
  public void every(Duration first, Duration then, Runnable work) {
    ScheduledFuture<?> unused =
        timer.scheduleWithFixedDelay(
            () -> begins(work), first.toNanos(), then.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Does {@code work} once, later, on a thread of its own. */
  public void in(Duration delay, Runnable work) {
    ScheduledFuture<?> unused =
        timer.schedule(
            () -> {
              if (!begins(work)) {
                in(afterFault, work);
              }
            },
            delay.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  /** What escaped here would end a period for ever, or be lost without a word. */
  private boolean begins(Runnable work) {
    try {
      return accepts(work);
    } catch (OutOfMemoryError noThread) {
      LOG.error("no thread to be had; tried again later", noThread);
      return false;
    }
  }

  /** What a fault rests before the next try. */
  Duration afterFault() {
    return afterFault;
  }

  /** For wake-ups only: what runs on it must return at once. */
  ScheduledExecutorService timer() {
    return timer;
  }

  private Thread thread(Runnable work) {
    Thread thread = new Thread(work, "turn-" + count.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    threads.shutdown();
  }
}
