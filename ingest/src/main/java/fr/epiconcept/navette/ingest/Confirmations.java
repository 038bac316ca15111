package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel.Acknowledgement;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.log.FluxLog;
import javax.jms.InvalidDestinationException;
import javax.jms.JMSException;
import javax.jms.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells workers that what they sent is done, and only then settles the message: a crash between
 * both makes it come again. All of it happens in the turn.
 */
final class Confirmations {
  private static final Logger LOG = LoggerFactory.getLogger(Confirmations.class);

  private final FluxName flux;
  private final ReturnLink link;
  private final Steps steps;
  private final FluxLog log;

  Confirmations(FluxName flux, ReturnLink link, Steps steps, FluxLog log) {
    this.flux = flux;
    this.link = link;
    this.steps = steps;
    this.log = log;
  }

  /** It stands in {@code out}. */
  void landed(Acknowledgement answer, Message message, ReturnSession from)
      throws JMSException, InterruptedException {
    Receipt receipt = new Receipt(flux, answer.id(), Receipt.Of.ACKNOWLEDGEMENT, 1, "ingest");
    confirm(receipt, answer.worker(), message, from);
  }

  /** The end is on disk. */
  void ended(Outcome outcome, Message message, ReturnSession from)
      throws JMSException, InterruptedException {
    Receipt receipt =
        new Receipt(flux, outcome.id(), Receipt.Of.OUTCOME, outcome.round(), "ingest");
    confirm(receipt, outcome.worker(), message, from);
  }

  private void confirm(Receipt receipt, String account, Message message, ReturnSession from)
      throws JMSException, InterruptedException {
    if (!link.isPresent(from)) {
      return;
    }
    String queue = Addresses.worker(account);
    try {
      from.sender()
          .send(
              queue,
              Messages.of(from.sender().session(), receipt),
              () -> steps.later(() -> settle(message, from)));
    } catch (InvalidDestinationException noSuchQueue) {
      // Each account has its queue from its first login on, and no fault of the moment is reported
      // so: it was removed. What it said is done.
      log.warn(receipt.id(), "nobody-to-tell", "account", account, "reason", "no queue " + queue);
      settle(message, from);
    }
  }

  /** For what wants no confirmation. */
  void settle(Message message, ReturnSession from) {
    if (!link.isPresent(from)) {
      return;
    }
    try {
      message.acknowledge();
    } catch (JMSException | IllegalStateException linkDied) {
      // Then it comes again, and is known.
      LOG.debug("{}: a message will come again", flux, linkDied);
    }
  }
}
