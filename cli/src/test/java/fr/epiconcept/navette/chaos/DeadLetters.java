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
import javax.jms.Session;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** What stands in the queues, as a stock JMS client of an administrator finds it. */
final class DeadLetters {
  private static final int HASH = 32;

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
        List<Letter> found = new ArrayList<>();
        Enumeration<?> all = browse(session, "flux." + flux.label() + ".dead");
        while (all.hasMoreElements()) {
          // A large one can be read before the next is asked for, and not later.
          Message message = (Message) all.nextElement();
          found.add(new Letter(message.getStringProperty("navette_id"), hash(message)));
        }
        letters.put(flux, found);
      }
      return letters;
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
