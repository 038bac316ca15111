package fr.epiconcept.navette.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.MessageProducer;
import javax.jms.Session;
import javax.jms.TemporaryQueue;
import org.apache.activemq.artemis.api.core.management.ResourceNames;
import org.apache.activemq.artemis.api.jms.management.JMSManagementHelper;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** What stands in the queues, as a stock JMS client of an administrator finds it. */
final class DeadLetters {
  private static final int HASH = 32;
  private static final int MOST_LOOKS = 20;

  private DeadLetters() {}

  /** A letter: whose, and the SHA-256 of its bytes. */
  record Letter(String id, String sha256) {}

  /** The letters of each flux. */
  static Map<Flux, List<Letter>> of(Site site) throws JMSException {
    Map<Flux, List<Letter>> letters = new HashMap<>();
    try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(site.brokerUrl());
        Connection connection = factory.createConnection(Site.ADMIN, Site.ADMIN_PASSWORD)) {
      connection.start();
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      for (Flux flux : Flux.values()) {
        letters.put(flux, all(session, "flux." + flux.label() + ".dead"));
      }
      return letters;
    }
  }

  /**
   * A browser may come to its end before the queue does, where a large message is slow to come: it
   * looks again until it has seen as many as the broker counts.
   */
  private static List<Letter> all(Session session, String queue) throws JMSException {
    long wanted = count(session, queue);
    List<Letter> found = browsed(session, queue);
    for (int looks = 1; looks < MOST_LOOKS && found.size() < wanted; looks++) {
      found = browsed(session, queue);
    }
    return found;
  }

  private static List<Letter> browsed(Session session, String queue) throws JMSException {
    List<Letter> found = new ArrayList<>();
    for (Enumeration<?> all = browse(session, queue); all.hasMoreElements(); ) {
      // A large one can be read before the next is asked for, and not later.
      Message message = (Message) all.nextElement();
      found.add(new Letter(message.getStringProperty("navette_id"), hash(message)));
    }
    return found;
  }

  private static long count(Session session, String queue) throws JMSException {
    TemporaryQueue answers = session.createTemporaryQueue();
    Message question = session.createMessage();
    JMSManagementHelper.putAttribute(question, ResourceNames.QUEUE + queue, "messageCount");
    question.setJMSReplyTo(answers);
    try (MessageConsumer consumer = session.createConsumer(answers);
        MessageProducer producer =
            session.createProducer(session.createQueue("activemq.management"))) {
      producer.send(question);
      return ((Number) JMSManagementHelper.getResult(consumer.receive())).longValue();
    } catch (JMSException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("the broker does not say what " + queue + " holds", e);
    }
  }

  /** How many messages stand in a queue. */
  static Map<String, Integer> depths(Site site, List<String> queues) throws JMSException {
    Map<String, Integer> depths = new HashMap<>();
    try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(site.brokerUrl());
        Connection connection = factory.createConnection(Site.ADMIN, Site.ADMIN_PASSWORD)) {
      connection.start();
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      for (String queue : queues) {
        int depth = 0;
        for (Enumeration<?> all = browse(session, queue); all.hasMoreElements(); depth++) {
          all.nextElement();
        }
        depths.put(queue, depth);
      }
      return depths;
    }
  }

  private static Enumeration<?> browse(Session session, String queue) throws JMSException {
    return session.createBrowser(session.createQueue(queue)).getEnumeration();
  }

  /** The file's bytes are followed by their SHA-256, which is believed by nobody here. */
  private static String hash(Message message) throws JMSException {
    BytesMessage bytes = (BytesMessage) message;
    byte[] body = new byte[(int) bytes.getBodyLength()];
    bytes.readBytes(body);
    return Content.sha256(Arrays.copyOf(body, body.length - HASH));
  }
}
