package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.carry.Sender;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.FluxName;
import javax.jms.Connection;
import javax.jms.JMSException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends receipts at once and waits for none: a receipt that is lost with its link is made good by
 * the outcome, which says the same and more.
 */
final class Receipts {
  private static final Logger LOG = LoggerFactory.getLogger(Receipts.class);

  private final FluxName flux;
  private final String account;
  private volatile Sender sender;

  Receipts(FluxName flux, String account) {
    this.flux = flux;
    this.account = account;
  }

  void linked(Connection connection) throws JMSException {
    sender = new Sender(connection, refused -> LOG.debug("{}: a receipt is lost", flux, refused));
  }

  void unlinked() {
    Sender dead = sender;
    sender = null;
    if (dead != null) {
      dead.close();
    }
  }

  void send(Deposit deposit) throws InterruptedException {
    Sender current = sender;
    if (current == null) {
      return;
    }
    Receipt receipt = new Receipt(flux, deposit.id(), Receipt.Of.DEPOSIT, deposit.round(), account);
    try {
      // The lanes of a flux share the session, which bears one caller at a time.
      synchronized (current.session()) {
        current.send(Addresses.returns(flux), Messages.of(current.session(), receipt), () -> {});
      }
    } catch (JMSException | IllegalStateException e) {
      LOG.debug("the receipt for {} is not sent; its outcome will do", deposit.id(), e);
    }
  }
}
