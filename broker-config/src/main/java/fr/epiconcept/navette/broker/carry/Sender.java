package fr.epiconcept.navette.broker.carry;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import javax.jms.CompletionListener;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageProducer;
import javax.jms.Session;
import org.apache.activemq.artemis.jms.client.ActiveMQDestination;

/**
 * Sends without waiting for each message, so that many share a sync of the broker's journal: at
 * most {@value #WINDOW} are on their way. Sent is what the broker has on disk, which the completion
 * tells.
 *
 * <p>One thread sends. Completions come on threads of the broker's client that all users of a
 * connection share: what runs there must return at once, and must never send.
 */
public final class Sender implements AutoCloseable {
  /** Messages on their way at most. */
  static final int WINDOW = 256;

  private final Session session;
  private final MessageProducer producer;
  private final Consumer<Exception> refused;

  /**
   * The client asks the broker for each destination object once, and the answer waits for the
   * journal behind everything sent before: a new object for each message would be a sync for each.
   */
  private final Map<String, ActiveMQDestination> queues = new HashMap<>();

  private int underway;
  private boolean closed;
  private boolean failed;

  /**
   * A sender with a session of its own.
   *
   * @param refused is told when the broker does not take a message though the link lives; must
   *     return at once
   */
  public Sender(Connection connection, Consumer<Exception> refused) throws JMSException {
    this.session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    this.producer = session.createProducer(null);
    this.refused = refused;
  }

  /** The session; messages for this sender are made by it. */
  public Session session() {
    return session;
  }

  /**
   * Sends; blocks while the window is full or a large payload is being read.
   *
   * @param done runs once the broker has the message on disk, on a thread of the client's; it does
   *     not run when the link dies, and then nobody knows whether the broker has it
   */
  public void send(String queue, Message message, Runnable done)
      throws JMSException, InterruptedException {
    ActiveMQDestination destination;
    synchronized (this) {
      while (underway >= WINDOW && !closed) {
        wait();
      }
      if (closed) {
        throw new JMSException("the link is down");
      }
      underway++;
      destination = queues.computeIfAbsent(queue, ActiveMQDestination::createQueue);
    }
    boolean handedOver = false;
    try {
      producer.send(destination, message, new Completion(done));
      handedOver = true;
    } catch (IllegalStateException linkDied) {
      JMSException failure = new JMSException(linkDied.getMessage());
      failure.initCause(linkDied);
      throw failure;
    } finally {
      if (!handedOver) {
        answered(true);
      }
    }
  }

  private synchronized void answered(boolean badly) {
    underway--;
    failed |= badly;
    notifyAll();
  }

  /**
   * Waits until everything sent has an answer, or the sender is closed.
   *
   * @return whether the broker has all of it
   */
  public synchronized boolean drain() throws InterruptedException {
    while (underway > 0 && !closed) {
      wait();
    }
    return !failed && !closed;
  }

  /** Ends every wait. The session itself dies with its connection. May be called twice. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private final class Completion implements CompletionListener {
    private final Runnable done;

    Completion(Runnable done) {
      this.done = done;
    }

    @Override
    public void onCompletion(Message message) {
      try {
        done.run();
      } finally {
        answered(false);
      }
    }

    @Override
    public void onException(Message message, Exception exception) {
      answered(true);
      if (!isClosed()) {
        refused.accept(exception);
      }
    }
  }
}
