package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.carry.Sender;
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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.jms.Connection;
import javax.jms.InvalidDestinationException;
import javax.jms.JMSException;
import javax.jms.Message;
import javax.jms.MessageListener;
import javax.jms.Session;
import org.apache.activemq.artemis.api.jms.ActiveMQJMSConstants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The homeward half of a flux: reads {@code flux.<name>.return}. Acknowledgements land as they
 * come; receipts and outcomes are taken in turns, so that many share a sync.
 *
 * <p>Every message may come twice and is settled only after what it asks for is on disk; so a crash
 * anywhere only makes it come again.
 */
final class Returns implements MessageListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Returns.class);

  private static final String VALIDATED_USER = "_AMQ_VALIDATED_USER";
  private static final Duration AFTER_FAULT = Duration.ofSeconds(5);
  private static final int BATCH = 256;

  private final FluxName flux;
  private final Answers answers;
  private final Archive archive;
  private final Endings endings;
  private final FluxLog log;
  private final Turn turn;
  private final BlockingQueue<Item> arrivals = new ArrayBlockingQueue<>(4 * BATCH);

  // What follows from a completion or from a landed answer, done in the turn: so one thread alone
  // sends and settles, and no thread of the client's ever waits for another.
  private final Queue<Step> next = new ConcurrentLinkedQueue<>();

  // Guarded by this.
  private Connection connection;
  private String era = "";
  private long reopenAt;
  private boolean reopen;
  private final Map<String, Long> complaints = new HashMap<>();

  private volatile Link link;
  private volatile boolean landing;

  @FunctionalInterface
  private interface Step {
    void take() throws IOException, JMSException, InterruptedException;
  }

  /** One connection's life; two of them are never the same, whatever they hold. */
  private static final class Link {
    final Session session;
    final Sender sender;
    final String era;

    Link(Session session, Sender sender, String era) {
      this.session = session;
      this.sender = sender;
      this.era = era;
    }

    /** What it held and did not settle comes again. */
    void close() throws JMSException {
      session.close();
      sender.session().close();
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

  /** Never fails: a return queue that cannot be read is tried again as long as the link stands. */
  synchronized void linked(Connection fresh, String itsEra) {
    connection = fresh;
    era = itsEra;
    try {
      open(fresh, era);
    } catch (JMSException | RuntimeException e) {
      comesAgain("the return queue cannot be read", e);
    }
  }

  private void open(Connection fresh, String itsEra) throws JMSException {
    Sender sender = new Sender(fresh, refused -> comesAgain("a receipt is not sent", refused));
    Session session = fresh.createSession(false, ActiveMQJMSConstants.INDIVIDUAL_ACKNOWLEDGE);
    Link made = new Link(session, sender, itsEra);
    // Before the listener, which may be called at once.
    link = made;
    boolean reading = false;
    try {
      session.createConsumer(session.createQueue(Addresses.returns(flux))).setMessageListener(this);
      reading = true;
    } finally {
      if (!reading) {
        detach(made);
        made.close();
      }
    }
    turn.wake();
  }

  synchronized void unlinked() {
    connection = null;
    detach(link);
  }

  /** Gives up a session, if it still is the present one. */
  private synchronized boolean detach(Link dead) {
    if (dead == null || dead != link) {
      return false;
    }
    link = null;
    dead.sender.close();
    return true;
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
      Optional<String> lie = lie(parcel, message);
      if (lie.isPresent()) {
        setAside(message, lie.get(), from);
      } else if (!parcel.flux().equals(flux)) {
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
      // The worker has the true bytes, and what is not settled comes again.
      comesAgain("an acknowledgement is corrupt", e);
    } catch (IOException | JMSException e) {
      comesAgain("an acknowledgement cannot be taken", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (OtherVersion e) {
      comesAgain("a message waits", e);
    } catch (RuntimeException | Error e) {
      // An Error too: what escapes from a listener is settled with the next message.
      comesAgain("unexpected fault", e);
    }
  }

  private void take(Acknowledgement answer, Message message, Link from) throws IOException {
    landing = true;
    try {
      if (answers.take(answer, message) instanceof Answers.Taken.Waits waits) {
        throw new IOException("answer " + answer.id() + " is held: " + waits.reason());
      }
    } finally {
      landing = false;
    }
    later(() -> confirm(answer, Receipt.Of.ACKNOWLEDGEMENT, 1, answer.worker(), message, from));
  }

  private void setAside(Message message, String why, Link from) {
    log.error(null, "refused-message", "queue", Addresses.returns(flux), "reason", why);
    later(() -> settle(message, from));
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

  /** Does something in the turn. */
  private void later(Step step) {
    next.add(step);
    turn.wake();
  }

  /** For whoever must not work on a thread of the client's: does it in the turn. */
  void inTurn(Runnable work) {
    later(work::run);
  }

  /**
   * Leaves the message unsettled. It comes again with a new session, when the cause may have gone;
   * until then the others pass it.
   */
  private void comesAgain(String what, Throwable cause) {
    synchronized (this) {
      String line = what + ": " + cause;
      if (isNews(line)) {
        log.error(null, "suspended", "reason", line, "again-in", AFTER_FAULT);
      }
      if (!reopen) {
        reopenAt = System.nanoTime() + AFTER_FAULT.toNanos();
        reopen = true;
      }
    }
    turn.wakeIn(AFTER_FAULT);
  }

  /** A fault that lasts is said once, however many there are; one that was over is news again. */
  private synchronized boolean isNews(String line) {
    long now = System.nanoTime();
    complaints.values().removeIf(last -> now - last > 2 * AFTER_FAULT.toNanos());
    return complaints.put(line, now) == null;
  }

  // --- in turns ---

  private void turn() {
    reopenIfDue();
    Link current = link;
    if (current == null) {
      return;
    }
    try {
      for (Step step = next.poll(); step != null; step = next.poll()) {
        step.take();
      }
      takeBatch(current);
    } catch (IOException | JMSException | RuntimeException e) {
      comesAgain("a receipt or an outcome cannot be taken", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!arrivals.isEmpty() && !isReopening()) {
      turn.wake();
    }
  }

  private void takeBatch(Link current) throws IOException, JMSException, InterruptedException {
    List<Item> batch = new ArrayList<>();
    arrivals.drainTo(batch, BATCH);
    batch.removeIf(item -> item.link() != current);
    Set<FileId> notArchived = archive(batch, current);
    batch.removeIf(item -> notArchived.contains(item.parcel().id()));
    List<Item> closed = new ArrayList<>();
    for (Item item : batch) {
      if (end(item, current)) {
        closed.add(item);
      }
    }
    // A confirmation may make the worker forget: the end must be on disk before.
    endings.sync();
    for (Item item : closed) {
      confirmEnd(item);
    }
  }

  /**
   * Archives what the batch says has arrived.
   *
   * @return what cannot be archived now: it comes again
   */
  private Set<FileId> archive(List<Item> batch, Link current) {
    Set<FileId> arrived = new LinkedHashSet<>();
    for (Item item : batch) {
      // An outcome says all that a receipt says: the worker has the file. Receipts can be lost.
      arrived.add(item.parcel().id());
      if (item.parcel() instanceof Receipt receipt) {
        log.info(receipt.id(), "transferred", "to", receipt.from(), "round", receipt.round());
      }
    }
    try {
      archive.take(List.copyOf(arrived), current.era);
      return Set.of();
    } catch (IOException | RuntimeException oneOfThem) {
      comesAgain("a receipt cannot be taken", oneOfThem);
      return archiveOneByOne(arrived, current);
    }
  }

  /** Without the shared sync: one file's fault must not keep the others. */
  private Set<FileId> archiveOneByOne(Set<FileId> arrived, Link current) {
    Set<FileId> failed = new HashSet<>();
    for (FileId id : arrived) {
      try {
        archive.take(List.of(id), current.era);
      } catch (IOException | RuntimeException e) {
        LOG.debug("{}: {} is not archived", flux, id, e);
        failed.add(id);
      }
    }
    return failed;
  }

  /** Whether it is an outcome that is ended, but for the sync and its confirmation. */
  private boolean end(Item item, Link current) throws JMSException, InterruptedException {
    if (!(item.parcel() instanceof Outcome outcome)) {
      settle(item.message(), item.link());
      return false;
    }
    try {
      Runnable buried = () -> later(() -> bury(outcome, item));
      return endings.end(outcome, current.era, current.sender, buried);
    } catch (IOException | RuntimeException e) {
      // A record or a file of the archive that cannot be read: the others go on.
      comesAgain("an outcome cannot be taken", e);
      return false;
    }
  }

  /** The broker has the dead letter on disk. */
  private void bury(Outcome outcome, Item item)
      throws IOException, JMSException, InterruptedException {
    endings.buried(outcome, item.link().era);
    confirmEnd(item);
  }

  private void confirmEnd(Item item) throws JMSException, InterruptedException {
    Outcome outcome = (Outcome) item.parcel();
    confirm(
        outcome,
        Receipt.Of.OUTCOME,
        outcome.round(),
        outcome.worker(),
        item.message(),
        item.link());
  }

  /** Tells the worker, and only then settles the message. */
  private void confirm(
      Parcel parcel, Receipt.Of of, int round, String account, Message message, Link from)
      throws JMSException, InterruptedException {
    if (from != link) {
      return;
    }
    Receipt receipt = new Receipt(flux, parcel.id(), of, round, "ingest");
    String queue = Addresses.worker(account);
    try {
      from.sender.send(
          queue,
          Messages.of(from.sender.session(), receipt),
          () -> later(() -> settle(message, from)));
    } catch (InvalidDestinationException noSuchQueue) {
      // Each account has its queue from its first login on, and no fault of the moment is reported
      // so: it was removed. What it said is done.
      log.warn(parcel.id(), "nobody-to-tell", "account", account, "reason", "no queue " + queue);
      settle(message, from);
    }
  }

  private void settle(Message message, Link from) {
    if (from != link) {
      return;
    }
    try {
      message.acknowledge();
    } catch (JMSException | IllegalStateException linkDied) {
      // Then it comes again, and is known.
      LOG.debug("{}: a message will come again", flux, linkDied);
    }
  }

  private synchronized boolean isReopening() {
    return reopen;
  }

  private void reopenIfDue() {
    if (!isReopening()) {
      return;
    }
    Duration left = untilReopening();
    if (!left.isZero()) {
      turn.wakeIn(left);
      return;
    }
    Link old = link;
    detach(old);
    arrivals.clear();
    next.clear();
    try {
      if (old != null) {
        old.close();
      }
      synchronized (this) {
        reopen = false;
        // The link may have brought another connection meanwhile, or none: then there is nothing to
        // do here.
        if (link == null && connection != null) {
          open(connection, era);
        }
      }
    } catch (JMSException | RuntimeException e) {
      comesAgain("the return queue cannot be read", e);
    }
  }

  /** Zero when it is time. An answer that is just landing is let down first: it may be large. */
  private synchronized Duration untilReopening() {
    long left = reopenAt - System.nanoTime();
    if (left > 0) {
      return Duration.ofNanos(left);
    }
    return landing ? Duration.ofSeconds(1) : Duration.ZERO;
  }

  @Override
  public void close() {
    unlinked();
    turn.close();
  }
}
