package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.carry.Sender;
import fr.epiconcept.navette.broker.link.Feed;
import javax.jms.JMSException;
import javax.jms.Session;

/**
 * What is open over a connection while a return queue is read; two of these are never the same,
 * whatever they hold.
 */
final class ReturnSession {
  private final Session session;
  private final Sender sender;
  private final String era;

  ReturnSession(Session session, Sender sender, String era) {
    this.session = session;
    this.sender = sender;
    this.era = era;
  }

  Sender sender() {
    return sender;
  }

  /** Whether the broker answers on the session that reads. */
  boolean stands() {
    return Feed.stands(session);
  }

  /** Of the broker that is read from. */
  String era() {
    return era;
  }

  /** What it held and did not settle comes again. */
  void close() throws JMSException {
    session.close();
    sender.session().close();
  }
}
