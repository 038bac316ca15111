package fr.epiconcept.navette.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.Session;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** The broker as a stock JMS client of an administrator sees it. */
record Queues(int port, Optional<Path> ca) {
  /** The file ids of the messages of a queue; {@code ""} stands for a message without one. */
  List<String> ids(String queue) throws JMSException {
    try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url());
        Connection connection =
            factory.createConnection(TwoServers.ADMIN, TwoServers.ADMIN_PASSWORD)) {
      connection.start();
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      List<String> ids = new ArrayList<>();
      Enumeration<?> messages = session.createBrowser(session.createQueue(queue)).getEnumeration();
      while (messages.hasMoreElements()) {
        String id = ((Message) messages.nextElement()).getStringProperty("navette_id");
        ids.add(id == null ? "" : id);
      }
      return ids;
    }
  }

  /** Takes the messages away that a selector names, as an operator does. */
  int remove(String queue, String selector) throws JMSException {
    try (ActiveMQConnectionFactory factory = new ActiveMQConnectionFactory(url());
        Connection connection =
            factory.createConnection(TwoServers.ADMIN, TwoServers.ADMIN_PASSWORD)) {
      connection.start();
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      MessageConsumer consumer = session.createConsumer(session.createQueue(queue), selector);
      int removed = 0;
      // While its reader rests it holds the message: it comes back for a moment, again and again.
      while (removed == 0 || consumer.receiveNoWait() != null) {
        if (consumer.receive(20_000) == null) {
          return removed;
        }
        removed++;
      }
      return removed;
    }
  }

  String url() {
    String address = "tcp://127.0.0.1:" + port + "?minLargeMessageSize=102400";
    return ca.map(file -> address + "&sslEnabled=true&trustStoreType=PEM&trustStorePath=" + file)
        .orElse(address);
  }
}
