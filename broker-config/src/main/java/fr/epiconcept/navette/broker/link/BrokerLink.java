package fr.epiconcept.navette.broker.link;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.jms.Connection;
import javax.jms.JMSException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection to one broker, for ever.
 *
 * <p>Death is a procedure: whoever notices tells {@link #fail(Connection, JMSException)}; the user
 * is told once; the connection is closed with all its sessions, in the background, because a
 * listener that still runs a script holds a close up for ten seconds; a new one is opened. So what
 * the dead link had delivered may come again over the new one while a listener of the old one still
 * runs.
 */
public final class BrokerLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerLink.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(12);
  // A link that dies younger than this was never well: the waits go on growing.
  private static final Duration WELL = Duration.ofSeconds(10);

  private final String name;
  private final BrokerConnections source;
  private final Tuning tuning;
  private final User user;
  private final Backoff backoff;
  private final InstantSource clock;
  private final LinkLog log;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // All guarded by the lock.
  private Connection current;
  private JMSException death;
  private State state;
  private boolean closed;

  /** Whoever lives on the link. Called by the link's own thread only. */
  public interface User {
    /**
     * A fresh connection, not started: make sessions and consumers. The link starts it afterwards.
     *
     * @throws JMSException if the link is of no use like this; it is closed and tried again. What
     *     concerns one flux only must be caught by the user, or it stops them all.
     */
    void linked(Connection connection) throws JMSException;

    /**
     * The link is dead: exactly once for each {@link #linked}, also if that threw. Sends without a
     * completion are in doubt: some never get one. Calls on the old sessions fail, or, for a
     * moment, still succeed.
     */
    void unlinked(String why);

    /** Two that share a link. */
    static User both(User one, User other) {
      return new User() {
        @Override
        public void linked(Connection connection) throws JMSException {
          one.linked(connection);
          other.linked(connection);
        }

        @Override
        public void unlinked(String why) {
          one.unlinked(why);
          other.unlinked(why);
        }
      };
    }
  }

  /**
   * What is known of the link.
   *
   * @param since when it became so
   * @param lastError why it was lost, or could not be made, the last time
   * @param attempts failed ones since it was last well
   */
  public record State(boolean up, Instant since, Optional<String> lastError, int attempts) {}

  /** A link that does nothing yet. */
  public BrokerLink(
      String name, BrokerConnections source, Tuning tuning, User user, Backoff backoff) {
    this(name, source, tuning, user, backoff, LinkLog.shared(name, 1));
  }

  /** A link that shares its words with another one to the same place. */
  public BrokerLink(
      String name,
      BrokerConnections source,
      Tuning tuning,
      User user,
      Backoff backoff,
      LinkLog log) {
    this(name, source, tuning, user, backoff, log, InstantSource.system());
  }

  BrokerLink(
      String name,
      BrokerConnections source,
      Tuning tuning,
      User user,
      Backoff backoff,
      LinkLog log,
      InstantSource clock) {
    this.name = name;
    this.source = source;
    this.tuning = tuning;
    this.user = user;
    this.backoff = backoff;
    this.clock = clock;
    this.log = log;
    this.state = new State(false, clock.instant(), Optional.empty(), 0);
    this.thread = new Thread(this::keep, "link-" + name);
    this.thread.setDaemon(true);
  }

  /** Begins to connect; returns at once. */
  public void start() {
    thread.start();
  }

  /** The link is dead, says somebody who used the present connection. */
  public void fail(JMSException cause) {
    fail(null, cause);
  }

  /**
   * The link is dead, says somebody who used that connection. Ignored if another one has taken its
   * place.
   */
  public void fail(Connection which, JMSException cause) {
    lock.lock();
    try {
      if (current != null && death == null && (which == null || which == current)) {
        death = cause;
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** How it is now. */
  public State state() {
    lock.lock();
    try {
      return state;
    } finally {
      lock.unlock();
    }
  }

  /** Whether it is kept: up, or being made again. */
  public boolean isAlive() {
    return thread.isAlive();
  }

  /** Closes the link and waits until the user is told, 12 s at most. May be called again. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join(CLOSE_LIMIT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void keep() {
    int failures = 0;
    while (!isClosed()) {
      long began = System.nanoTime();
      JMSException why = liveOnce();
      boolean wasWell = System.nanoTime() - began > WELL.toNanos() && wasUp();
      failures = wasWell ? 1 : failures + 1;
      if (!isClosed()) {
        down(why, failures);
        pause(backoff.after(failures));
      }
    }
    down(new JMSException("closed"), 0);
  }

  /** One connection, from its making to its death. */
  private JMSException liveOnce() {
    Connection connection;
    try {
      connection = source.open(tuning);
    } catch (JMSException | RuntimeException | Error e) {
      return asJms(e);
    }
    setCurrent(connection);
    JMSException why;
    try {
      connection.setExceptionListener(e -> fail(connection, e));
      user.linked(connection);
      connection.start();
      up();
      why = awaitDeath();
    } catch (JMSException | RuntimeException | Error e) {
      // An error too (no memory, no thread): whatever escaped would end the link for ever.
      why = asJms(e);
    }
    bury(connection, why);
    return why;
  }

  private void setCurrent(Connection connection) {
    lock.lock();
    try {
      current = connection;
      death = null;
    } finally {
      lock.unlock();
    }
  }

  private JMSException awaitDeath() {
    lock.lock();
    try {
      while (death == null && !closed) {
        changed.awaitUninterruptibly();
      }
      return death != null ? death : new JMSException("closed");
    } finally {
      lock.unlock();
    }
  }

  private void bury(Connection connection, JMSException why) {
    setCurrent(null);
    try {
      user.unlinked(Diagnosis.oneLine(why));
    } catch (RuntimeException | Error e) {
      LOG.error("link to {}: its user failed at the end of it; going on", name, e);
    }
    Thread closer = new Thread(() -> closeQuietly(connection), "link-" + name + "-close");
    closer.setDaemon(true);
    try {
      closer.start();
    } catch (OutOfMemoryError noThread) {
      closeQuietly(connection);
      return;
    }
    if (isClosed()) {
      join(closer);
    }
  }

  private void join(Thread closer) {
    try {
      closer.join(CLOSE_LIMIT.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeQuietly(Connection connection) {
    try {
      connection.close();
    } catch (JMSException | RuntimeException | Error e) {
      LOG.debug("link to {}: closing what is dead: {}", name, e.toString());
    }
  }

  private void up() {
    lock.lock();
    try {
      state = new State(true, clock.instant(), state.lastError(), state.attempts());
    } finally {
      lock.unlock();
    }
    log.up(this);
  }

  private void down(JMSException why, int failures) {
    String words = Diagnosis.oneLine(why);
    lock.lock();
    try {
      Instant since = state.up() ? clock.instant() : state.since();
      state = new State(false, since, Optional.of(words), failures);
    } finally {
      lock.unlock();
    }
    if (!isClosed()) {
      log.down(this, words, Diagnosis.NEEDS_HANDS.equals(why.getErrorCode()));
    }
  }

  private boolean wasUp() {
    return state().up();
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private void pause(Duration wait) {
    lock.lock();
    try {
      long left = wait.toNanos();
      while (left > 0 && !closed) {
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread but to end it.
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  private static JMSException asJms(Throwable e) {
    if (e instanceof JMSException jms) {
      return jms;
    }
    JMSException wrapped = new JMSException(e.toString());
    wrapped.initCause(e);
    return wrapped;
  }
}
