package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.MessageConsumer;
import javax.jms.Session;

/**
 * Takes dead letters out of their queue. Whoever has a letter out has the file: nobody else can.
 */
final class Letters {
  private final FluxName flux;

  Letters(FluxName flux) {
    this.flux = flux;
  }

  /**
   * Takes the letter of a file out, on the broker's disk when this returns.
   *
   * @return false if there is none that nobody else has in hand
   */
  boolean take(Connection connection, FileId id) throws JMSException {
    try (Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer consumer =
            session.createConsumer(
                session.createQueue(Addresses.dead(flux)), "navette_id = '" + id + "'")) {
      boolean found = false;
      while (consumer.receiveNoWait() != null) {
        found = true;
      }
      session.commit();
      return found;
    }
  }
}
