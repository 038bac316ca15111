package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.flux.config.SeveralWorkers;
import java.util.function.BooleanSupplier;
import javax.jms.JMSException;
import javax.jms.Message;

/**
 * Whether several workers may take the deposits of a flux: then each deposit says so, and its
 * worker asks before it begins. A flux with one worker pays nothing.
 *
 * @param now whether they are several at this moment
 */
record Several(SeveralWorkers.Mode mode, BooleanSupplier now) {
  /** Marks a deposit that is about to be sent. */
  void mark(Message message) throws JMSException {
    if (now.getAsBoolean()) {
      Contract.forSeveral(mode, message);
    }
  }

  /**
   * Marks a dead letter. Nobody knows how many there are when it is sent back, so its worker asks
   * in any case.
   */
  void markLetter(Message message) throws JMSException {
    Contract.forSeveral(mode, message);
  }
}
