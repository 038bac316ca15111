package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.broker.message.Malformed;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Messages.Outgoing;
import fr.epiconcept.navette.broker.message.OtherVersion;
import fr.epiconcept.navette.broker.message.Parcel;
import fr.epiconcept.navette.broker.message.Parcel.Acknowledgement;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.worker.Progress.Finished;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageListener;
import javax.jms.MessageProducer;
import javax.jms.Queue;
import javax.jms.Session;

/**
 * Takes the deposits of a flux one at a time over one link: the message being worked on is the only
 * one that it has, so another worker could take the next. A flux has as many lanes as its {@code
 * concurrency}.
 *
 * <p>The work is done on the session's own thread, which the broker's client makes while there is a
 * message and not longer.
 */
final class Lane implements MessageListener, Processing.Delivery {
  /** What a fault that no deposit caused rests before its message is taken again. */
  private static final Duration AFTER_FAULT = Duration.ofSeconds(5);

  private static final Duration CLOSING = Duration.ofMillis(500);

  private final FluxName flux;
  private final String account;
  private final Processing processing;
  private final InProgress inProgress;
  private final Spool spool;
  private final FluxLog log;
  private final Checkpoint checkpoint;
  private final Owner owner;
  private final Session session;
  private final MessageProducer producer;
  private final Queue returns;
  private final Receipts receipts;
  private final CountDownLatch closed = new CountDownLatch(1);
  private Message message;
  private volatile String complaint = "";
  private volatile boolean working;

  /** What the lanes of a flux share. */
  record Shared(
      FluxName flux,
      String account,
      Processing processing,
      InProgress inProgress,
      Spool spool,
      Receipts receipts,
      FluxLog log,
      Checkpoint checkpoint) {}

  /** Whoever makes the lanes of a flux. Called on a lane's own thread. */
  interface Owner {
    /** A deposit has an end, which is about to be settled. May be called again for the same. */
    void ending(FileId id, Finished end) throws IOException;

    /** The end is settled. */
    void ended(Finished end);

    /** The lane's session is of no use any more, though the link may live. */
    void died(Lane lane);
  }

  /** A lane on {@code connection}, which is given one message at a time. */
  Lane(Connection connection, Shared shared, Owner owner) throws JMSException {
    this.flux = shared.flux();
    this.account = shared.account();
    this.processing = shared.processing();
    this.inProgress = shared.inProgress();
    this.spool = shared.spool();
    this.log = shared.log();
    this.checkpoint = shared.checkpoint();
    this.owner = owner;
    this.receipts = shared.receipts();
    session = connection.createSession(true, Session.SESSION_TRANSACTED);
    returns = session.createQueue(Addresses.returns(flux));
    producer = session.createProducer(returns);
    session.createConsumer(session.createQueue(Addresses.deposits(flux))).setMessageListener(this);
  }

  /** Nothing may escape: what escapes from a listener is acknowledged by the next commit. */
  @Override
  public void onMessage(Message delivered) {
    message = delivered;
    // Before the look whether the lane has ended: whoever ends it looks at them the other way
    // round.
    working = true;
    try {
      if (isClosed()) {
        working = false;
        // Until the session is closed the broker brings the message again and again.
        Thread.sleep(CLOSING.toMillis());
        session.rollback();
        return;
      }
      Parcel parcel = Contract.read(delivered);
      if (parcel instanceof Deposit deposit && deposit.flux().equals(flux)) {
        take(deposit);
      } else {
        refuse("it is no deposit of this flux");
      }
    } catch (OtherVersion e) {
      giveBack(e);
    } catch (Malformed e) {
      refuse(e.getMessage());
    } catch (IOException e) {
      giveBack(e);
    } catch (JMSException | IllegalStateException e) {
      giveBackOn(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveBack(e);
    } catch (RuntimeException | Error e) {
      // An Error too: whatever escapes takes an unprocessed file with it.
      giveBack(e);
    } finally {
      working = false;
    }
  }

  private void take(Deposit deposit) throws IOException, JMSException, InterruptedException {
    if (!inProgress.enter(deposit.id(), this::isClosed)) {
      session.rollback();
      return;
    }
    boolean settled = false;
    try {
      Optional<Finished> end = processing.take(deposit, this);
      settled = end.isPresent();
      if (settled) {
        goesOn();
        owner.ended(end.get());
      } else {
        session.rollback();
      }
    } finally {
      inProgress.leave(deposit.id(), settled);
    }
  }

  // --- the delivery's part of the way ---

  @Override
  public Message message() {
    return message;
  }

  @Override
  public void receipt(Deposit deposit) throws InterruptedException {
    receipts.send(deposit);
  }

  @Override
  public void settle(Deposit deposit, Finished end, List<Entry> answers)
      throws JMSException, IOException {
    owner.ending(deposit.id(), end);
    producer.send(Messages.of(session, end.outcome(deposit, account)));
    for (Entry answer : answers) {
      send(answer);
    }
    checkpoint.reached(Step.SETTLING, deposit.id());
    session.commit();
    checkpoint.reached(Step.SETTLED, deposit.id());
    receipts.ended(deposit.id());
    for (Entry answer : answers) {
      synchronized (spool) {
        spool.become(answer, State.PUBLISHED);
      }
      log.info(deposit.id(), "answered", "answer", answer.id(), "name", answer.name());
    }
  }

  private void send(Entry answer) throws JMSException, IOException {
    FileIdentity looks = FileIdentity.of(answer.file());
    Acknowledgement parcel =
        new Acknowledgement(
            flux,
            answer.id(),
            answer.name(),
            looks.size(),
            looks.modified().toInstant(),
            answer.related(),
            account);
    try (Outgoing outgoing = Messages.of(session, parcel, answer.file(), looks)) {
      producer.send(outgoing.message());
    }
  }

  @Override
  public boolean rest(Duration duration) throws InterruptedException {
    return !closed.await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }

  // --- what goes wrong ---

  /** A fault of the machine: the message stays ours for a moment, so that nothing overtakes it. */
  private void giveBack(Throwable cause) {
    if (!cause.toString().equals(complaint)) {
      // The same fault every five seconds is one line, until it is another.
      String before = complaint.isEmpty() ? null : complaint;
      complaint = cause.toString();
      log.error(
          null, "suspended", "reason", complaint, "again-in", AFTER_FAULT, "instead-of", before);
    }
    restQuietly();
    try {
      session.rollback();
    } catch (JMSException | RuntimeException sessionDied) {
      // If the whole link died, its owner knows; if not, this lane alone must be made anew.
      log.info(null, "redelivery-expected", "reason", sessionDied.getMessage());
      owner.died(this);
    }
  }

  /** The fault of the machine that it met last and that is not over. */
  Optional<String> complaint() {
    return Optional.of(complaint).filter(said -> !said.isEmpty());
  }

  private void goesOn() {
    if (!complaint.isEmpty()) {
      log.info(null, "goes-on", "after", complaint);
      complaint = "";
    }
  }

  private void restQuietly() {
    try {
      rest(AFTER_FAULT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A fault of the link or of the broker. A dead link takes the message back by itself. */
  private void giveBackOn(Exception cause) {
    if (isClosed()) {
      log.info(null, "redelivery-expected", "reason", cause.getMessage());
    } else {
      giveBack(cause);
    }
  }

  /** A message that is not what it says blocks nobody: it is settled, and its refusal is told. */
  private void refuse(String why) {
    log.error(null, "refused-message", "queue", Addresses.deposits(flux), "reason", why);
    try {
      session.commit();
    } catch (JMSException e) {
      giveBackOn(e);
    }
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** Ends every rest, takes nothing more. Returns at once; the session is closed by its owner. */
  void end() {
    closed.countDown();
  }

  /** Whether it has a deposit in hand. One that was ended begins no other. */
  boolean isWorking() {
    return working;
  }

  Session session() {
    return session;
  }
}
