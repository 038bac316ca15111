package fr.epiconcept.navette.broker.carry;

import java.util.Optional;
import java.util.function.Consumer;
import javax.jms.Connection;
import javax.jms.JMSException;

/**
 * The session over which a flux's files leave, on the link of the moment. It is made anew when it
 * alone is broken and the link lives.
 */
final class DepartureLink {
  private final Consumer<Exception> refused;

  // Guarded by this; set by the link's thread and, for a new session, by the flux's turn.
  private Connection connection;
  private volatile Session present;

  /** One session's life; two of them are never the same, whatever they hold. */
  static final class Session {
    private final Connection connection;
    private final Sender sender;
    private final String era;

    private Session(Connection connection, Sender sender, String era) {
      this.connection = connection;
      this.sender = sender;
      this.era = era;
    }

    Sender sender() {
      return sender;
    }

    /** Of the broker at its other end. */
    String era() {
      return era;
    }
  }

  /**
   * No session yet.
   *
   * @param refused is told when the broker does not take a message though the link lives; must
   *     return at once
   */
  DepartureLink(Consumer<Exception> refused) {
    this.refused = refused;
  }

  synchronized void linked(Connection fresh, String era) throws JMSException {
    connection = fresh;
    present = open(fresh, era);
  }

  private Session open(Connection on, String era) throws JMSException {
    return new Session(on, new Sender(on, refused), era);
  }

  synchronized void unlinked() {
    connection = null;
    if (present != null) {
      present.sender.close();
      present = null;
    }
  }

  /** The session of the moment. */
  Optional<Session> present() {
    return Optional.ofNullable(present);
  }

  boolean isPresent(Session session) {
    return session == present;
  }

  /** Puts a new session in the place of one that is broken, unless the link has changed since. */
  void renew(Session broken) throws JMSException {
    broken.sender.session().close();
    synchronized (this) {
      if (isPresent(broken) && broken.connection.equals(connection)) {
        present = open(connection, broken.era);
      }
    }
  }
}
