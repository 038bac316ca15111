package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.carry.Sender;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.jms.Connection;
import javax.jms.JMSException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends receipts at once and waits for none: one that is lost with its link is sent over the next,
 * or made good by the outcome, which says the same and more.
 */
final class Receipts {
  private static final Logger LOG = LoggerFactory.getLogger(Receipts.class);

  private final FluxName flux;
  private final String account;

  /** Of deposits in work: what the broker has not said to have. */
  private final Map<FileId, Receipt> unsent = new ConcurrentHashMap<>();

  private volatile Sender sender;

  Receipts(FluxName flux, String account) {
    this.flux = flux;
    this.account = account;
  }

  void linked(Connection connection) throws JMSException {
    sender = new Sender(connection, refused -> LOG.debug("{}: a receipt is lost", flux, refused));
    try {
      // A deposit may have come over the other link before this one was there.
      for (Receipt receipt : unsent.values()) {
        trySend(receipt);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void unlinked() {
    Sender dead = sender;
    sender = null;
    if (dead != null) {
      dead.close();
    }
  }

  void send(Deposit deposit) throws InterruptedException {
    Receipt receipt = new Receipt(flux, deposit.id(), Receipt.Of.DEPOSIT, deposit.round(), account);
    // First noted, then tried: a link that comes at this moment sends it too, which is harmless.
    unsent.put(deposit.id(), receipt);
    trySend(receipt);
  }

  private void trySend(Receipt receipt) throws InterruptedException {
    Sender current = sender;
    if (current == null) {
      return;
    }
    FileId id = receipt.id();
    try {
      // The lanes of a flux share the session, which bears one caller at a time.
      synchronized (current.session()) {
        current.send(
            Addresses.returns(flux),
            Messages.of(current.session(), receipt),
            () -> unsent.remove(id, receipt));
      }
    } catch (JMSException | IllegalStateException e) {
      LOG.debug("the receipt for {} waits for the next link, or for its outcome", id, e);
    }
  }

  /** Its outcome is told, which says the same and more. */
  void ended(FileId id) {
    unsent.remove(id);
  }
}
