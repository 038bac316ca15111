package fr.epiconcept.navette.broker.hear;

import fr.epiconcept.navette.broker.Seldom;
import fr.epiconcept.navette.broker.link.BrokerLink;
import fr.epiconcept.navette.broker.link.Fleeting;
import fr.epiconcept.navette.broker.message.Malformed;
import fr.epiconcept.navette.flux.FluxName;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.Session;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what workers send into one queue. Who speaks is what the broker has noted of the sender,
 * never what a message says; what no worker may say is dropped, and told now and then.
 */
public final class WorkersQueue implements BrokerLink.User {
  private static final Logger LOG = LoggerFactory.getLogger(WorkersQueue.class);
  private static final String VALIDATED_USER = "_AMQ_VALIDATED_USER";

  private final String queue;
  private final Hearer hearer;
  private final Seldom complaints = new Seldom(System::nanoTime);

  /** Whoever is to hear them; on a thread of the client's, which must not be held up. */
  @FunctionalInterface
  public interface Hearer {
    /**
     * A worker has said something.
     *
     * @param account whose login it is
     * @param post sends an answer, which may be lost
     * @return false if too much of it waits already: it is dropped
     * @throws Malformed if it is nothing that a worker says
     */
    boolean hears(String account, Message message, Fleeting post) throws Malformed, JMSException;
  }

  /** That of {@code queue}. */
  public WorkersQueue(String queue, Hearer hearer) {
    this.queue = queue;
    this.hearer = hearer;
  }

  @Override
  public void linked(Connection connection) throws JMSException {
    Fleeting post = new Fleeting(connection);
    Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    session
        .createConsumer(session.createQueue(queue))
        .setMessageListener(message -> onMessage(message, post));
  }

  @Override
  public void unlinked(String why) {
    // What came over it is not answered: whoever sent it, hears that too, and asks again.
  }

  /** Nothing may escape from a listener. */
  private void onMessage(Message message, Fleeting post) {
    String sender = "nobody";
    try {
      String validated = message.getStringProperty(VALIDATED_USER);
      if (validated == null || FluxName.parse(validated).isEmpty()) {
        throw new Malformed("whoever sent it is no worker");
      }
      sender = validated;
      if (!hearer.hears(sender, message, post) && complaints.isNew("flood " + sender)) {
        LOG.warn("{} sends too much at once into {}; some of it is dropped", sender, queue);
      }
    } catch (Malformed | JMSException | RuntimeException e) {
      if (complaints.isNew("dropped " + sender)) {
        LOG.warn("a message of {} in {} is dropped: {}", sender, queue, e.getMessage());
      }
    }
  }
}
