package fr.epiconcept.navette.broker.carry;

import java.util.HashMap;
import java.util.Map;
import javax.jms.CompletionListener;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageProducer;
import javax.jms.Queue;
import javax.jms.Session;

/**
 * Sends without waiting for each message, so that many share a sync of the broker's journal: at
 * most {@value #WINDOW} are on their way. Sent is what the broker has on disk, which the completion
 * tells.
 *
 * <p>One thread sends; completions come on threads of the broker's client.
 */
public final class Sender implements AutoCloseable {
  /** Messages on their way at most. */
  static final int WINDOW = 256;

  private final Session session;
  private final MessageProducer producer;
  private final Map<String, Queue> queues = new HashMap<>();
  private int underway;
  private boolean closed;
  private boolean failed;

  /** A sender with a session of its own, not transacted. */
  public Sender(Session session) throws JMSException {
    this.session = session;
    this.producer = session.createProducer(null);
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
    synchronized (this) {
      while (underway >= WINDOW && !closed) {
        wait();
      }
      if (closed) {
        throw new JMSException("the link is down");
      }
      underway++;
    }
    boolean handedOver = false;
    try {
      producer.send(queue(queue), message, new Completion(done));
      handedOver = true;
    } finally {
      if (!handedOver) {
        arrived();
      }
    }
  }

  /** Asking the broker for a queue is a round trip: once is enough. */
  private Queue queue(String name) throws JMSException {
    Queue queue = queues.get(name);
    if (queue == null) {
      queue = session.createQueue(name);
      queues.put(name, queue);
    }
    return queue;
  }

  private synchronized void arrived() {
    underway--;
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
        arrived();
      }
    }

    @Override
    public void onException(Message message, Exception exception) {
      // The link's own listener tells everybody that it died; what was underway is sent again.
      synchronized (Sender.this) {
        failed = true;
      }
      arrived();
    }
  }
}
