package fr.epiconcept.navette.broker;

import java.util.Enumeration;
import java.util.Optional;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.QueueBrowser;
import javax.jms.Session;

/** How a worker learns whether the broker is still the one that it knew. */
public final class EraReader {
  private EraReader() {}

  /**
   * The broker's era; nothing if it has none yet (its ingest is just starting: ask again).
   *
   * @param connection is started by this
   */
  public static Optional<String> read(Connection connection) throws JMSException {
    return IdentityMessage.browse(connection).map(IdentityMessage::era);
  }

  /**
   * The one message of {@link Addresses#IDENTITY}.
   *
   * @param only whether it is the only one
   */
  record IdentityMessage(String era, String token, boolean only) {
    static final String ERA = "navette_era";
    static final String TOKEN = "navette_token";

    static Optional<IdentityMessage> browse(Connection connection) throws JMSException {
      connection.start();
      try (Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
          QueueBrowser browser = session.createBrowser(session.createQueue(Addresses.IDENTITY))) {
        Enumeration<?> messages = browser.getEnumeration();
        if (!messages.hasMoreElements()) {
          return Optional.empty();
        }
        Message first = (Message) messages.nextElement();
        String era = first.getStringProperty(ERA);
        String token = first.getStringProperty(TOKEN);
        return era == null || token == null
            ? Optional.empty()
            : Optional.of(new IdentityMessage(era, token, !messages.hasMoreElements()));
      }
    }
  }
}
