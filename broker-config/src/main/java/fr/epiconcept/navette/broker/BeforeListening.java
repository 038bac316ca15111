package fr.epiconcept.navette.broker;

import java.io.IOException;
import javax.jms.JMSException;

/**
 * What ingest does on its own broker before any worker may connect: settle the broker's era (see
 * {@link EraKeeper}), so that no worker ever reads the one of a broker that has lost its messages.
 */
@FunctionalInterface
public interface BeforeListening {
  /** Nothing to do. */
  BeforeListening NOTHING = broker -> {};

  /** The broker runs; only {@link EmbeddedBroker#inVm()} reaches it. */
  void with(EmbeddedBroker broker) throws JMSException, IOException;
}
