package fr.epiconcept.navette.broker.fetch;

import java.util.HashMap;
import java.util.Map;
import javax.jms.Connection;
import javax.jms.DeliveryMode;
import javax.jms.Destination;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageProducer;
import javax.jms.Session;

/** Sends wants, or pieces, over one connection; of no use after a crash. Thread-safe. */
final class Post {
  private final Session session;
  private final MessageProducer producer;

  /** Those of unknown queues ask the broker each time. */
  private final Map<String, Destination> queues = new HashMap<>();

  Post(Connection connection) throws JMSException {
    session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    producer = session.createProducer(null);
    producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
    // Nobody reads them, and each costs a call of its own.
    producer.setDisableMessageID(true);
    producer.setDisableMessageTimestamp(true);
  }

  synchronized void send(String queue, Want want) throws JMSException {
    send(queue, Pieces.message(session, want));
  }

  synchronized void send(String queue, Piece piece) throws JMSException {
    send(queue, Pieces.message(session, piece));
  }

  private void send(String queue, Message message) throws JMSException {
    Destination to = queues.get(queue);
    if (to == null) {
      to = session.createQueue(queue);
      queues.put(queue, to);
    }
    producer.send(to, message);
  }
}
