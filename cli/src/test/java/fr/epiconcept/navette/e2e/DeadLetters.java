package fr.epiconcept.navette.e2e;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import javax.jms.BytesMessage;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Session;
import org.apache.activemq.artemis.jms.client.ActiveMQConnectionFactory;

/** The dead letters of a flux, as an administrator's JMS client finds them. */
record DeadLetters(Map<String, byte[]> byName) {
  /** Browses all letters with their content. */
  static DeadLetters of(TwoServers servers, String flux) throws JMSException {
    try (ActiveMQConnectionFactory factory =
            new ActiveMQConnectionFactory("tcp://127.0.0.1:" + servers.queues().port());
        Connection connection =
            factory.createConnection(TwoServers.ADMIN, TwoServers.ADMIN_PASSWORD)) {
      connection.start();
      Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
      Map<String, byte[]> letters = new HashMap<>();
      Enumeration<?> found =
          session.createBrowser(session.createQueue("flux." + flux + ".dead")).getEnumeration();
      while (found.hasMoreElements()) {
        BytesMessage letter = (BytesMessage) found.nextElement();
        letters.put(letter.getStringProperty("navette_name"), content(letter));
      }
      return new DeadLetters(letters);
    }
  }

  private static byte[] content(BytesMessage letter) throws JMSException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    for (int read = letter.readBytes(buffer); read > 0; read = letter.readBytes(buffer)) {
      bytes.write(buffer, 0, read);
    }
    // The file's bytes are followed by their SHA-256.
    return Arrays.copyOf(bytes.toByteArray(), bytes.size() - 32);
  }

  byte[] bytes(String name) {
    byte[] bytes = byName.get(name);
    if (bytes == null) {
      throw new AssertionError("no letter " + name + " among " + byName.keySet());
    }
    return bytes;
  }
}
