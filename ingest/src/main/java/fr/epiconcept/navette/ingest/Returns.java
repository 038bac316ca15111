package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.message.BrokeOff;
import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.broker.message.CorruptPayload;
import fr.epiconcept.navette.broker.message.Malformed;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.OtherVersion;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;

/**
 * The homeward half of a flux: reads {@code flux.<name>.return}. Acknowledgements land as they
 * come; receipts and outcomes are taken in {@link Batches}.
 *
 * <p>Every message may come twice and is settled only after what it asks for is on disk; so a crash
 * anywhere only makes it come again.
 */
final class Returns implements ReturnLink.Reader, AutoCloseable {
  private static final String VALIDATED_USER = "_AMQ_VALIDATED_USER";

  /** As many as a worker grants a deposit. */
  private static final int MOST_CORRUPT = 3;

  private final FluxName flux;
  private final Answers answers;
  private final FluxLog log;
  private final Turn turn;
  private final Steps steps;
  private final ReturnLink link;
  private final Confirmations confirmations;
  private final Batches batches;
  private final Map<FileId, Integer> corrupt = new ConcurrentHashMap<>();
  private volatile boolean landing;

  Returns(
      FluxName flux, Answers answers, Archive archive, Endings endings, FluxLog log, Turns turns) {
    this.flux = flux;
    this.answers = answers;
    this.log = log;
    turn = turns.turn(flux + " returns", this::turn);
    steps = new Steps(turn);
    link = new ReturnLink(flux, this, log, turn);
    confirmations = new Confirmations(flux, link, steps, log);
    batches = new Batches(flux, archive, endings, confirmations, link, steps, log);
  }

  /** A connection is there: the queue is read. Never fails. */
  void linked(Connection connection, String era) {
    link.linked(connection, era);
  }

  void unlinked() {
    link.unlinked();
  }

  /** For whoever must not work on a thread of the client's: does it in the turn. */
  void inTurn(Runnable work) {
    steps.later(work::run);
  }

  // --- as they come ---

  /** Nothing may escape: what escapes from a listener is a message that nobody sees again. */
  @Override
  public void onMessage(Message message) {
    ReturnSession from = link.present().orElse(null);
    if (from == null) {
      return;
    }
    try {
      Parcel parcel = Contract.read(message);
      Optional<String> lie = lie(parcel, message);
      if (lie.isPresent()) {
        setAsideUnread(message, lie.get(), from);
      } else if (!parcel.flux().equals(flux)) {
        setAsideUnread(message, "it is for flux " + parcel.flux(), from);
      } else if (parcel instanceof Acknowledgement answer) {
        take(answer, message, from);
      } else if (parcel instanceof Parcel.Deposit) {
        setAsideUnread(message, "a deposit on a return queue", from);
      } else {
        batches.put(parcel, message, from);
        turn.wake();
      }
    } catch (Malformed e) {
      setAsideUnread(message, e.getMessage(), from);
    } catch (IOException | JMSException e) {
      link.comesAgain("an acknowledgement cannot be taken", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (OtherVersion e) {
      link.comesAgain("a message waits", e);
    } catch (RuntimeException | Error e) {
      // An Error too: what escapes from a listener is settled with the next message.
      link.comesAgain("unexpected fault", e);
    }
  }

  private void take(Acknowledgement answer, Message message, ReturnSession from)
      throws IOException {
    landing = true;
    try {
      if (answers.take(answer, message) instanceof Answers.Taken.Waits waits) {
        throw new IOException("answer " + answer.id() + " is held: " + waits.reason());
      }
      corrupt.remove(answer.id());
    } catch (CorruptPayload e) {
      torn(answer, message, from, e);
      return;
    } catch (BrokeOff e) {
      if (!link.isPresent(from) || !from.stands()) {
        throw e;
      }
      torn(answer, message, from, e.onSoundLink());
      return;
    } finally {
      landing = false;
    }
    steps.later(() -> confirmations.landed(answer, message, from));
  }

  /**
   * The way here may have torn it: what is not settled comes again. If the broker's own copy is
   * torn, or was a lie, it would come for ever; a true worker keeps its bytes until it is told that
   * they are here, and its {@code navette pending} lists them.
   */
  private void torn(
      Acknowledgement answer, Message message, ReturnSession from, CorruptPayload fault) {
    if (corrupt.merge(answer.id(), 1, Integer::sum) < MOST_CORRUPT) {
      link.comesAgain("an acknowledgement is corrupt", fault);
      return;
    }
    corrupt.remove(answer.id());
    setAside(
        message,
        "answer "
            + answer.id()
            + " of "
            + answer.worker()
            + " is corrupt, "
            + MOST_CORRUPT
            + " times: "
            + fault.getMessage()
            + "; `navette pending` on its server says where the true bytes stand",
        from);
  }

  private void setAsideUnread(Message message, String why, ReturnSession from) {
    try {
      Messages.skipPayload(message);
      setAside(message, why, from);
    } catch (IOException | RuntimeException e) {
      link.comesAgain("a message that is to be set aside cannot be read", e);
    }
  }

  private void setAside(Message message, String why, ReturnSession from) {
    log.error(null, "refused-message", "queue", Addresses.returns(flux), "reason", why);
    steps.later(() -> confirmations.settle(message, from));
  }

  /** A worker may speak in no other's name: the broker has noted who sent the message. */
  private static Optional<String> lie(Parcel parcel, Message message) throws JMSException {
    String sender = message.getStringProperty(VALIDATED_USER);
    String claimed =
        parcel instanceof Acknowledgement answer
            ? answer.worker()
            : parcel instanceof Outcome outcome
                ? outcome.worker()
                : parcel instanceof Receipt receipt ? receipt.from() : sender;
    return sender == null || sender.equals(claimed)
        ? Optional.empty()
        : Optional.of("it names account " + claimed + ", and " + sender + " sent it");
  }

  @Override
  public boolean isLanding() {
    return landing;
  }

  @Override
  public void forget() {
    batches.clear();
    steps.clear();
  }

  // --- in turns ---

  private void turn() {
    link.reopenIfDue();
    Optional<ReturnSession> current = link.present();
    if (current.isEmpty()) {
      return;
    }
    try {
      steps.takeAll();
      batches.take(current.get());
    } catch (IOException | JMSException | RuntimeException e) {
      link.comesAgain("a receipt or an outcome cannot be taken", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!batches.isEmpty() && !link.isReopening()) {
      turn.wake();
    }
  }

  /** How long its turn has been at work without an end; nothing while it rests. */
  Optional<Duration> busyFor() {
    return turn.busyFor();
  }

  /** As {@link #close}, while the link stands: nothing is read any more. */
  void end() {
    link.end();
    close();
  }

  @Override
  public void close() {
    link.unlinked();
    turn.close();
  }
}
