package fr.epiconcept.navette.broker.carry;

import fr.epiconcept.navette.broker.carry.Cargo.Judgement;
import fr.epiconcept.navette.broker.carry.Collector.Collected;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Messages.Outgoing;
import fr.epiconcept.navette.broker.message.Parcel.Payload;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.inbox.Inbox;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.flux.turn.Turn;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import javax.jms.Connection;
import javax.jms.JMSException;
import javax.jms.Session;

/**
 * The outward half of a flux: ready, claim, check, publish. One turn does each for all files that
 * are due; files leave in order of arrival.
 *
 * <p>What has to be sent is what stands in the spool, so a new link, a restart and a new broker are
 * one case: list the spool and send.
 */
public final class Departures implements AutoCloseable {
  /** How long a fault of the machine (disk full, no right) rests before the next try. */
  private static final Duration AFTER_FAULT = Duration.ofSeconds(5);

  /** With so many waiting in the spool, the rest waits in the inbox. */
  private static final int MOST_WAITING = 5_000;

  private final FluxName flux;
  private final Optional<Inbox> inbox;
  private final Spool spool;
  private final Cargo cargo;
  private final LongPredicate roomFor;
  private final FluxLog log;
  private final Checkpoint checkpoint;
  private final Optional<Collector> collector;
  private final Turn turn;

  // The turn's own.
  private final ArrayDeque<Path> waiting = new ArrayDeque<>();
  private final Map<FileId, Long> notBefore = new HashMap<>();
  private Link sendingOn;
  private String complaint = "";

  // Set by the link's thread.
  private volatile Link link;

  /** One connection's life; two of them are never the same, whatever they hold. */
  private static final class Link {
    final Connection connection;
    final Sender sender;
    final String era;

    Link(Connection connection, Sender sender, String era) {
      this.connection = connection;
      this.sender = sender;
      this.era = era;
    }
  }

  /**
   * The departures of one flux.
   *
   * @param inbox the watched folder; without one only what others put into the spool departs
   * @param roomFor whether the broker has room for so many more bytes
   */
  public Departures(
      FluxName flux,
      Optional<Inbox> inbox,
      Spool spool,
      FileIds ids,
      Cargo cargo,
      LongPredicate roomFor,
      FluxLog log,
      Checkpoint checkpoint,
      Turns turns) {
    this.flux = flux;
    this.inbox = inbox;
    this.spool = spool;
    this.cargo = cargo;
    this.roomFor = roomFor;
    this.log = log;
    this.checkpoint = checkpoint;
    this.collector =
        inbox.map(watched -> new Collector(watched, spool, ids, cargo, log, checkpoint));
    this.turn = turns.turn(flux + " departures", this::turn);
  }

  /** Something may be ready, or may be sent. */
  public void wake() {
    turn.wake();
  }

  /** A connection is there: everything in the spool that has to be sent is sent on it. */
  public void linked(Connection connection, String era) throws JMSException, IOException {
    int again = spool.adopt(era);
    if (again > 0) {
      log.warn(null, "broker-is-new", "era", era, "send-again", again);
    }
    link = new Link(connection, newSender(connection), era);
    turn.wake();
  }

  private Sender newSender(Connection connection) throws JMSException {
    Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    return new Sender(session);
  }

  /** The connection is dead. */
  public void unlinked() {
    Link dead = link;
    link = null;
    if (dead != null) {
      dead.sender.close();
    }
  }

  // --- one turn ---

  private void turn() {
    if (collector.isPresent() && waiting.size() < MOST_WAITING) {
      collect(collector.get());
    }
    try {
      dispatch();
    } catch (IOException e) {
      complain("the spool cannot be read or written", e);
      turn.wakeIn(AFTER_FAULT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void collect(Collector from) {
    try {
      Collected collected = from.collect();
      collected.claimed().forEach(entry -> waiting.add(entry.folder()));
      turn.wakeIn(collected.lookAgain());
      complaint = "";
    } catch (IOException e) {
      Inbox watched = inbox.orElseThrow();
      complain("nothing can be taken from " + watched.folder(), e);
      watched.listAllLater();
      turn.wakeIn(AFTER_FAULT);
    }
  }

  private void complain(String what, Exception cause) {
    // The same fault every five seconds is one line, until it is another or over.
    String line = what + ": " + cause;
    if (!line.equals(complaint)) {
      complaint = line;
      log.error(null, "suspended", "reason", line, "again-in", AFTER_FAULT);
    }
  }

  private void dispatch() throws IOException, InterruptedException {
    Link current = link;
    if (current == null) {
      return;
    }
    if (current != sendingOn) {
      reload();
      sendingOn = current;
    }
    List<Path> later = new ArrayList<>();
    while (!waiting.isEmpty() && current == link) {
      Path own = waiting.peek();
      Optional<Entry> entry = spool.entry(own);
      Next step = entry.isEmpty() ? Next.DONE : dispatch(entry.get(), current);
      if (step == Next.STOP) {
        break;
      }
      waiting.poll();
      if (step == Next.LATER) {
        later.add(own);
      }
    }
    waiting.addAll(later);
  }

  /** Everything that has to be sent, as the spool knows it. */
  private void reload() throws IOException {
    List<Path> all = new ArrayList<>(spool.list(State.AGAIN));
    all.addAll(spool.list(State.CLAIMED));
    all.sort(Comparator.comparing(own -> own.getFileName().toString()));
    waiting.clear();
    waiting.addAll(all);
    if (!all.isEmpty()) {
      log.info(null, "resumed", "to-send", all.size());
    }
  }

  private enum Next {
    DONE,
    LATER,
    STOP
  }

  private Next dispatch(Entry entry, Link current) throws IOException, InterruptedException {
    Long until = notBefore.get(entry.id());
    if (until != null && until - System.nanoTime() > 0) {
      return Next.LATER;
    }
    FileIdentity looks = FileIdentity.of(entry.file());
    Judgement judgement = judge(entry, looks);
    if (judgement instanceof Judgement.NotYet notYet) {
      return later(entry, notYet);
    }
    notBefore.remove(entry.id());
    if (judgement instanceof Judgement.Refused refused) {
      checkpoint.reached(Step.REFUSED, entry.id());
      cargo.refuse(entry, refused);
      return Next.DONE;
    }
    if (!roomFor.test(looks.size())) {
      turn.wakeIn(AFTER_FAULT);
      return Next.STOP;
    }
    checkpoint.reached(Step.CHECKED, entry.id());
    return send(entry, looks, current);
  }

  private Judgement judge(Entry entry, FileIdentity looks) throws IOException {
    if (!looks.isRegular()) {
      return new Judgement.Refused("no regular file", "");
    }
    boolean judgedBefore = entry.folder().getParent().endsWith("again");
    return judgedBefore ? new Judgement.Good() : cargo.judge(entry);
  }

  private Next later(Entry entry, Judgement.NotYet notYet) {
    notBefore.put(entry.id(), System.nanoTime() + notYet.delay().toNanos());
    log.info(entry.id(), "check-not-yet", "reason", notYet.reason(), "again-in", notYet.delay());
    turn.wakeIn(notYet.delay());
    return Next.LATER;
  }

  private Next send(Entry entry, FileIdentity looks, Link current) throws InterruptedException {
    Payload parcel = cargo.parcel(entry, looks);
    Sender sender = current.sender;
    try (Outgoing outgoing = Messages.of(sender.session(), parcel, entry.file(), looks)) {
      Messages.onlyOnce(outgoing.message(), current.era + ":" + entry.id());
      checkpoint.reached(Step.SENDING, entry.id());
      sender.send(cargo.queue(), outgoing.message(), () -> sent(entry, looks, outgoing.sha256()));
      return Next.DONE;
    } catch (IOException changes) {
      return changed(entry, changes);
    } catch (JMSException e) {
      return notSent(entry, e, current);
    }
  }

  /** Somebody still writes to what we took: it is sent when that has ended. */
  private Next changed(Entry entry, IOException why) {
    return later(entry, new Judgement.NotYet(why.getMessage(), AFTER_FAULT));
  }

  private Next notSent(Entry entry, JMSException e, Link current) throws InterruptedException {
    if (current != link) {
      return Next.STOP;
    }
    // The connection may live and only this session be broken (a payload that broke off, a queue
    // that refuses): a new session begins clean, and everything not confirmed is sent again.
    log.warn(entry.id(), "not-published", "reason", e.getMessage(), "again-in", AFTER_FAULT);
    current.sender.close();
    try {
      current.sender.session().close();
      link = new Link(current.connection, newSender(current.connection), current.era);
    } catch (JMSException connectionIsDead) {
      link = null;
    }
    turn.wakeIn(AFTER_FAULT);
    return Next.STOP;
  }

  /** On a thread of the broker's client: the broker has it on disk. */
  private void sent(Entry entry, FileIdentity looks, String sha256) {
    checkpoint.reached(Step.SENT, entry.id());
    try {
      synchronized (spool) {
        // An empty folder would be left if the receipt was quicker and took the file to the
        // archive.
        if (spool.entry(entry.folder()).isPresent()) {
          spool.become(entry, State.PUBLISHED);
        }
      }
      log.info(entry.id(), "published", "bytes", looks.size(), "sha256", sha256);
      checkpoint.reached(Step.PUBLISHED, entry.id());
      if (collector.isPresent()) {
        collector.get().removeCompanions(entry);
      }
    } catch (IOException e) {
      log.warn(entry.id(), "published", "but", e.toString(), "then", "it is sent again at restart");
    }
  }

  /** The flux. */
  public FluxName flux() {
    return flux;
  }

  @Override
  public void close() {
    unlinked();
    turn.close();
  }
}
