package fr.epiconcept.navette.broker.link;

import java.util.HashMap;
import java.util.Map;
import javax.jms.Connection;
import javax.jms.DeliveryMode;
import javax.jms.Destination;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageProducer;
import javax.jms.Session;

/**
 * Sends over one connection what is of no use after a crash: no disk is asked. Such messages bear
 * no time at which they end either, since the two servers' clocks may differ by more than that. One
 * caller at a time: a session bears no more. Thread-safe.
 */
public final class Fleeting {
  private final Session session;
  private final MessageProducer producer;

  /** Those of unknown queues ask the broker each time. */
  private final Map<String, Destination> queues = new HashMap<>();

  /** Makes a message of a session. */
  @FunctionalInterface
  public interface Making {
    Message of(Session session) throws JMSException;
  }

  public Fleeting(Connection connection) throws JMSException {
    session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    producer = session.createProducer(null);
    producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
    // Nobody reads them, and each costs a call of its own.
    producer.setDisableMessageID(true);
    producer.setDisableMessageTimestamp(true);
  }

  /** Sends, and waits for nobody but for room. */
  public synchronized void send(String queue, Making making) throws JMSException {
    Destination to = queues.get(queue);
    if (to == null) {
      to = session.createQueue(queue);
      queues.put(queue, to);
    }
    producer.send(to, making.of(session));
  }
}
