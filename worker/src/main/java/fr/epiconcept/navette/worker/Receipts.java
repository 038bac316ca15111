package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.carry.Sender;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.FluxName;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Session;
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
  private Sender sender;

  Receipts(FluxName flux, String account) {
    this.flux = flux;
    this.account = account;
  }

  synchronized void linked(Connection connection) throws JMSException {
    sender = new Sender(connection.createSession(false, Session.AUTO_ACKNOWLEDGE));
  }

  void unlinked() {
    Sender dead;
    synchronized (this) {
      dead = sender;
      sender = null;
    }
    if (dead != null) {
      dead.close();
    }
  }

  synchronized void send(Deposit deposit) throws InterruptedException {
    if (sender == null) {
      return;
    }
    Receipt receipt = new Receipt(flux, deposit.id(), Receipt.Of.DEPOSIT, deposit.round(), account);
    try {
      sender.send(Addresses.returns(flux), Messages.of(sender.session(), receipt), () -> {});
    } catch (JMSException e) {
      LOG.debug("the receipt for {} is not sent; its outcome will do", deposit.id(), e);
    }
  }
}
