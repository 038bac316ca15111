package fr.epiconcept.navette.broker.link;

import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.Session;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.api.core.client.ClientConsumer;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.core.client.impl.ClientConsumerInternal;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.apache.activemq.artemis.jms.client.ActiveMQSession;

/**
 * A queue whose messages come in order, some ahead of those that are being worked on, and are
 * settled one by one, each in the same transaction as what is sent because of it.
 *
 * <p>JMS has no such thing: there a commit settles whatever was delivered. So the messages come by
 * the client's own consumer, on the session that sends. What is not settled when the feed is closed
 * goes back to its place in the queue.
 *
 * <p>{@link Taker#take} is called on a thread of the client's, for one message after the other; all
 * else by one thread at a time.
 */
public final class Feed implements AutoCloseable {
  /** An address that is asked about only to hear an answer. */
  private static final SimpleString NOWHERE = SimpleString.of("navette.nowhere");

  private final Session session;
  private final ClientSession core;
  private final ClientConsumerInternal consumer;

  /** Whoever the messages are for. */
  public interface Taker {
    /**
     * One message; the next comes when this returns. Its body, if it is a large one, can be read
     * only here. Nothing may escape.
     */
    void take(Message message);

    /** One came that the client cannot open; it is not settled. */
    void cannotTake(JMSException cause);
  }

  private Feed(Session session, ClientSession core, ClientConsumerInternal consumer) {
    this.session = session;
    this.core = core;
    this.consumer = consumer;
  }

  /**
   * Opens a feed, from which nothing comes yet.
   *
   * @param aheadBytes how much the client may hold beside the message that is being taken; 0: the
   *     broker gives the next message when it is asked for
   */
  public static Feed open(Connection connection, String queue, int aheadBytes) throws JMSException {
    Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
    boolean opened = false;
    try {
      ClientSession core = ((ActiveMQSession) session).getCoreSession();
      ClientConsumer consumer = core.createConsumer(queue, null, aheadBytes, -1, false);
      opened = true;
      return new Feed(session, core, (ClientConsumerInternal) consumer);
    } catch (ActiveMQException e) {
      throw asJms(e);
    } finally {
      if (!opened) {
        session.close();
      }
    }
  }

  /** From now on the messages come. */
  public void to(Taker taker) throws JMSException {
    try {
      consumer.setMessageHandler(message -> open(message, taker));
    } catch (ActiveMQException e) {
      throw asJms(e);
    }
  }

  private void open(ClientMessage message, Taker taker) {
    ActiveMQMessage opened = ActiveMQMessage.createMessage(message, core);
    try {
      opened.doBeforeReceive();
    } catch (ActiveMQException e) {
      taker.cannotTake(asJms(e));
      return;
    }
    taker.take(opened);
  }

  private static JMSException asJms(ActiveMQException e) {
    JMSException wrapped = new JMSException(e.getMessage());
    wrapped.initCause(e);
    return wrapped;
  }

  /**
   * No other message is taken until {@link #goesOn}; what the client has ahead stays with it.
   * Nobody waits for anything: a taker may say so while he takes one.
   */
  public void rests() {
    try {
      consumer.stop(false);
    } catch (ActiveMQException e) {
      throw new IllegalStateException("it waits for nothing, so nothing can go wrong", e);
    }
  }

  /** Ends a rest. */
  public void goesOn() {
    consumer.start();
  }

  /** What is sent on it is sent with the next {@link #commit}. */
  public Session session() {
    return session;
  }

  /** Settles a message of this feed, and no other, with the next {@link #commit}. */
  public void settle(Message message) throws JMSException {
    try {
      ((ActiveMQMessage) message).getCoreMessage().individualAcknowledge();
    } catch (ActiveMQException e) {
      throw asJms(e);
    }
  }

  /** Whether the broker answers on this very session; waits for it as for any call. */
  public boolean stands() {
    return stands(session);
  }

  /** Whether the broker answers on {@code session}; it never was another's if it does. */
  public static boolean stands(Session session) {
    try {
      ((ActiveMQSession) session).getCoreSession().addressQuery(NOWHERE);
      return true;
    } catch (ActiveMQException e) {
      return false;
    }
  }

  /**
   * All or nothing; durable when this returns. If it fails, nobody knows: the feed must be closed,
   * and what was not settled comes again.
   */
  public void commit() throws JMSException {
    session.commit();
  }

  @Override
  public void close() throws JMSException {
    session.close();
  }
}
