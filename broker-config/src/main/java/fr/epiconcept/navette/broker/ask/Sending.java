package fr.epiconcept.navette.broker.ask;

import fr.epiconcept.navette.broker.ask.Letter.Answers;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import javax.jms.Connection;
import javax.jms.DeliveryMode;
import javax.jms.Destination;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageProducer;
import javax.jms.Session;

/** Sends letters over one connection. One caller at a time: a session bears no more. */
final class Sending {
  private final Session session;
  private final MessageProducer producer;

  /** Those of unknown queues ask the broker each time. */
  private final Map<String, Destination> queues = new HashMap<>();

  Sending(Connection connection) throws JMSException {
    session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    producer = session.createProducer(null);
    // A question is of no use after a crash. They bear no time at which they end either: the two
    // servers' clocks may differ by more than that.
    producer.setDeliveryMode(DeliveryMode.NON_PERSISTENT);
  }

  synchronized void question(String queue, String number, byte[] body) throws IOException {
    try {
      send(queue, Letters.question(session, number, body));
    } catch (JMSException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  synchronized void answer(String queue, Answers answer) throws IOException {
    try {
      send(queue, Letters.answer(session, answer));
    } catch (JMSException e) {
      throw new IOException(e.getMessage(), e);
    }
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
