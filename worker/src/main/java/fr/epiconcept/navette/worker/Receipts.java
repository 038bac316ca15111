package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.carry.Sender;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.turn.Turn;
import fr.epiconcept.navette.flux.turn.Turns;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import javax.jms.Connection;
import javax.jms.JMSException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends receipts and waits for none: one that is lost with its link is sent over the next, or made
 * good by the outcome, which says the same and more. So a receipt is given some time: of a file
 * whose script is quick there is none, and both sides have half as much to do.
 */
final class Receipts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Receipts.class);

  private final FluxName flux;
  private final String account;
  private final Duration patience;
  private final LongSupplier nanoTime;
  private final Turn turn;

  /** Of deposits in work: what the broker has not said to have. */
  private final Map<FileId, Waiting> unsent = new ConcurrentHashMap<>();

  private volatile Sender sender;

  /**
   * A receipt that may be needed.
   *
   * @param due when, by our clock
   * @param over which it was tried; null: none yet
   */
  private record Waiting(Receipt receipt, long due, Sender over) {}

  /**
   * The receipts of a flux.
   *
   * @param patience how long a receipt waits for its outcome
   * @param nanoTime the monotonic clock
   */
  Receipts(FluxName flux, String account, Turns turns, Duration patience, LongSupplier nanoTime) {
    this.flux = flux;
    this.account = account;
    this.patience = patience;
    this.nanoTime = nanoTime;
    turn = turns.turn(flux + " receipts", this::turn);
  }

  void linked(Connection connection) throws JMSException {
    sender = new Sender(connection, refused -> LOG.debug("{}: a receipt is lost", flux, refused));
    // A deposit may have come over the other link before this one was there.
    turn.wake();
  }

  void unlinked() {
    Sender dead = sender;
    sender = null;
    if (dead != null) {
      dead.close();
    }
  }

  void send(Deposit deposit) {
    Receipt receipt = new Receipt(flux, deposit.id(), Receipt.Of.DEPOSIT, deposit.round(), account);
    // Only of the first round the file server sees by itself whether it had one.
    Duration wait = deposit.round() == 1 ? patience : Duration.ZERO;
    unsent.put(deposit.id(), new Waiting(receipt, nanoTime.getAsLong() + wait.toNanos(), null));
    turn.wakeIn(wait);
  }

  private void turn() {
    Sender current = sender;
    long now = nanoTime.getAsLong();
    long next = Long.MAX_VALUE;
    try {
      for (Waiting each : List.copyOf(unsent.values())) {
        long left = each.due() - now;
        if (left > 0) {
          next = Math.min(next, left);
        } else if (current != null && each.over() != current) {
          trySend(each, current);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (next < Long.MAX_VALUE) {
      turn.wakeIn(Duration.ofNanos(next));
    }
  }

  private void trySend(Waiting waiting, Sender current) throws InterruptedException {
    Receipt receipt = waiting.receipt();
    Waiting tried = new Waiting(receipt, waiting.due(), current);
    if (!unsent.replace(receipt.id(), waiting, tried)) {
      return;
    }
    try {
      current.send(
          Addresses.returns(flux),
          Messages.of(current.session(), receipt),
          () -> unsent.remove(receipt.id(), tried));
    } catch (JMSException | IllegalStateException e) {
      LOG.debug("the receipt for {} waits for the next link, or for its outcome", receipt.id(), e);
    }
  }

  /** Its outcome is told, which says the same and more. */
  void ended(FileId id) {
    unsent.remove(id);
  }

  @Override
  public void close() {
    turn.close();
  }
}
