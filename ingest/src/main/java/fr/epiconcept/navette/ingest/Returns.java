package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.carry.Sender;
import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.broker.message.CorruptPayload;
import fr.epiconcept.navette.broker.message.Malformed;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel;
import fr.epiconcept.navette.broker.message.Parcel.Acknowledgement;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.turn.Turn;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageListener;
import javax.jms.Session;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSConstants;

/**
 * The homeward half of a flux: reads {@code flux.<name>.return}. Acknowledgements land as they
 * come; receipts and outcomes are taken in turns, so that many share a sync.
 *
 * <p>Every message may come twice and is settled only after what it asks for is on disk; so a crash
 * anywhere only makes it come again.
 */
final class Returns implements MessageListener, AutoCloseable {
  private static final Duration AFTER_FAULT = Duration.ofSeconds(5);
  private static final int BATCH = 256;

  private final FluxName flux;
  private final Answers answers;
  private final Archive archive;
  private final Endings endings;
  private final FluxLog log;
  private final Turn turn;
  private final BlockingQueue<Item> arrivals = new ArrayBlockingQueue<>(4 * BATCH);
  private final List<Item> unfinished = new ArrayList<>();

  private volatile Link link;

  /** Whether messages were left unsettled that a new session shall bring again, and when. */
  private volatile boolean reopen;

  private volatile long reopenAt;
  private volatile String complaint = "";

  /** One connection's life; two of them are never the same, whatever they hold. */
  private static final class Link {
    final Connection connection;
    final Session session;
    final Sender sender;
    final String era;

    Link(Connection connection, Session session, Sender sender, String era) {
      this.connection = connection;
      this.session = session;
      this.sender = sender;
      this.era = era;
    }
  }

  private record Item(Message message, Parcel parcel, Link link) {}

  Returns(
      FluxName flux, Answers answers, Archive archive, Endings endings, FluxLog log, Turns turns) {
    this.flux = flux;
    this.answers = answers;
    this.archive = archive;
    this.endings = endings;
    this.log = log;
    this.turn = turns.turn(flux + " returns", this::turn);
  }

  void linked(Connection connection, String era) throws JMSException {
    Sender sender = new Sender(connection.createSession(false, Session.AUTO_ACKNOWLEDGE));
    Session session = connection.createSession(false, ActiveMQJMSConstants.INDIVIDUAL_ACKNOWLEDGE);
    link = new Link(connection, session, sender, era);
    session.createConsumer(session.createQueue(Addresses.returns(flux))).setMessageListener(this);
    turn.wake();
  }

  void unlinked() {
    Link dead = link;
    link = null;
    if (dead != null) {
      dead.sender.close();
    }
  }

  // --- as they come ---

  /** Nothing may escape: what escapes from a listener is a message that nobody sees again. */
  @Override
  public void onMessage(Message message) {
    Link from = link;
    if (from == null) {
      return;
    }
    try {
      Parcel parcel = Contract.read(message);
      if (!parcel.flux().equals(flux)) {
        setAside(message, "it is for flux " + parcel.flux(), from);
      } else if (parcel instanceof Acknowledgement answer) {
        take(answer, message, from);
      } else if (parcel instanceof Parcel.Deposit) {
        setAside(message, "a deposit on a return queue", from);
      } else {
        arrivals.put(new Item(message, parcel, from));
        turn.wake();
      }
    } catch (Malformed e) {
      setAside(message, e.getMessage(), from);
    } catch (CorruptPayload e) {
      setAside(message, e.getMessage(), from);
    } catch (IOException | JMSException e) {
      comesAgain("an acknowledgement cannot be taken", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      comesAgain("unexpected fault", e);
    }
  }

  private void take(Acknowledgement answer, Message message, Link from)
      throws IOException, JMSException, InterruptedException {
    Answers.Taken taken = answers.take(answer, message);
    if (taken instanceof Answers.Taken.Waits waits) {
      throw new IOException("answer " + answer.id() + " is held: " + waits.reason());
    }
    confirm(answer, Receipt.Of.ACKNOWLEDGEMENT, answer.worker(), message, from);
  }

  /** Tells the worker, and only then settles the message. */
  private void confirm(Parcel parcel, Receipt.Of of, String account, Message message, Link from)
      throws JMSException, InterruptedException {
    Receipt receipt = new Receipt(flux, parcel.id(), of, 1, "ingest");
    synchronized (from.sender) {
      from.sender.send(
          Addresses.worker(account),
          Messages.of(from.sender.session(), receipt),
          () -> settle(message, from));
    }
  }

  /** A session bears one caller at a time. */
  private void settle(Message message, Link from) {
    synchronized (from.session) {
      try {
        message.acknowledge();
      } catch (JMSException | IllegalStateException linkDied) {
        // Then it comes again, and is known.
        log.info(null, "redelivery-expected", "reason", linkDied.getMessage());
      }
    }
  }

  private void setAside(Message message, String why, Link from) {
    log.error(null, "refused-message", "queue", Addresses.returns(flux), "reason", why);
    settle(message, from);
  }

  /**
   * Leaves the message unsettled. It comes again with a new session, when the cause may have gone;
   * until then the others pass it.
   */
  private void comesAgain(String what, Exception cause) {
    String line = what + ": " + cause.getMessage();
    if (!line.equals(complaint)) {
      complaint = line;
      log.error(null, "suspended", "reason", line, "again-in", AFTER_FAULT);
    }
    reopenAt = System.nanoTime() + AFTER_FAULT.toNanos();
    reopen = true;
    turn.wakeIn(AFTER_FAULT);
  }

  // --- in turns ---

  private void turn() {
    reopenIfDue();
    if (unfinished.isEmpty()) {
      arrivals.drainTo(unfinished, BATCH);
    }
    unfinished.removeIf(item -> item.link() != link);
    try {
      List<FileId> receipts = new ArrayList<>();
      for (Item item : unfinished) {
        receipts.add(item.parcel().id());
        if (item.parcel() instanceof Receipt receipt) {
          log.info(receipt.id(), "transferred", "to", receipt.from(), "round", receipt.round());
        }
      }
      // An outcome says all that a receipt says: the worker has the file.
      archive.take(receipts, link == null ? "" : link.era);
      for (Item item : unfinished) {
        end(item);
      }
      unfinished.clear();
    } catch (IOException | JMSException e) {
      log.error(null, "suspended", "reason", e.toString(), "again-in", AFTER_FAULT);
      turn.wakeIn(AFTER_FAULT);
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    if (!arrivals.isEmpty()) {
      turn.wake();
    }
  }

  private void reopenIfDue() {
    Link current = link;
    if (!reopen || current == null || reopenAt - System.nanoTime() > 0) {
      return;
    }
    reopen = false;
    unlinked();
    try {
      current.session.close();
      current.sender.session().close();
      linked(current.connection, current.era);
    } catch (JMSException connectionDied) {
      // Then the link brings another connection, and with it all that is unsettled.
      link = null;
    }
  }

  private void end(Item item) throws IOException, JMSException, InterruptedException {
    if (item.parcel() instanceof Receipt) {
      settle(item.message(), item.link());
    } else if (item.parcel() instanceof Outcome outcome) {
      endings.end(
          outcome, item.link().era, item.link().sender, () -> confirmQuietly(outcome, item));
    }
  }

  private void confirmQuietly(Outcome outcome, Item item) {
    try {
      confirm(outcome, Receipt.Of.OUTCOME, outcome.worker(), item.message(), item.link());
    } catch (JMSException linkDied) {
      log.info(outcome.id(), "redelivery-expected", "reason", linkDied.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    unlinked();
    turn.close();
  }
}
