package fr.epiconcept.navette.broker.carry;

import fr.epiconcept.navette.broker.carry.Cargo.Judgement;
import fr.epiconcept.navette.broker.carry.Cargo.Milestone;
import fr.epiconcept.navette.broker.carry.Collector.Collected;
import fr.epiconcept.navette.broker.carry.DepartureLink.Session;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Messages.Outgoing;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
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
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongPredicate;
import javax.jms.Connection;
import javax.jms.JMSException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outward half of a flux: ready, claim, check, publish. One turn does each for all files that
 * are due; files leave in order of arrival.
 *
 * <p>What has to be sent is what stands in the spool, so a new link, a restart and a new broker are
 * one case: list the spool and send.
 */
public final class Departures implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Departures.class);

  private static final Pace PACE = new Pace(5_000, Duration.ofSeconds(5));

  private final FluxName flux;
  private final Optional<Inbox> inbox;
  private final Spool spool;
  private final Cargo cargo;
  private final LongPredicate roomFor;
  private final FluxLog log;
  private final Checkpoint checkpoint;
  private final Optional<Companions> companions;
  private final Optional<Collector> collector;
  private final Turn turn;
  private final DepartureLink link;
  private final Pace pace;

  // The turn's own.
  private final ArrayDeque<Path> waiting = new ArrayDeque<>();

  /** Whoever asks what waits reads it too. */
  private final Rests rests = new Rests();

  private volatile boolean full;
  private Session sendingOn;
  private String adopted = "";
  private final Complaint collecting;
  private final Complaint sending;

  // Filled by the client's threads, emptied by the turn.
  private final Queue<Sent> sent = new ConcurrentLinkedQueue<>();
  private volatile boolean sendAgain;

  // Filled by whoever puts a file into the spool, emptied by the turn.
  private final Queue<Path> added = new ConcurrentLinkedQueue<>();

  // Guarded by collectingLock, which is held while files are taken out of the inbox.
  private final Object collectingLock = new Object();
  private boolean collectsNoMore;

  private record Sent(Entry entry, FileIdentity looks, String sha256, String era) {}

  /**
   * What all fluxes of a daemon share.
   *
   * @param roomFor whether the broker has room for so many more bytes
   */
  public record Shared(FileIds ids, LongPredicate roomFor, Checkpoint checkpoint, Turns turns) {}

  /**
   * How fast a flux goes.
   *
   * @param mostWaiting with so many waiting in the spool, the rest waits in the inbox
   * @param afterFault how long a fault of the machine (disk full, no right) rests before the next
   *     try
   */
  record Pace(int mostWaiting, Duration afterFault) {}

  /**
   * The departures of one flux.
   *
   * @param inbox the watched folder; without one only what others put into the spool departs
   */
  public Departures(
      FluxName flux, Optional<Inbox> inbox, Spool spool, Cargo cargo, FluxLog log, Shared shared) {
    this(flux, inbox, spool, cargo, log, shared, PACE);
  }

  Departures(
      FluxName flux,
      Optional<Inbox> inbox,
      Spool spool,
      Cargo cargo,
      FluxLog log,
      Shared shared,
      Pace pace) {
    this.flux = flux;
    this.inbox = inbox;
    this.spool = spool;
    this.cargo = cargo;
    this.roomFor = shared.roomFor();
    this.log = log;
    this.checkpoint = shared.checkpoint();
    this.pace = pace;
    Path notes = spool.folder().resolve("companions");
    this.companions = inbox.map(watched -> new Companions(watched, notes));
    this.collector =
        inbox.map(
            watched ->
                new Collector(
                    watched,
                    spool,
                    companions.orElseThrow(),
                    shared.ids(),
                    cargo,
                    log,
                    checkpoint));
    this.collecting = new Complaint(log);
    this.sending = new Complaint(log);
    this.link = new DepartureLink(this::refused);
    this.turn = shared.turns().turn(flux + " departures", this::turn);
  }

  /** Something may be ready, or may be sent. */
  public void wake() {
    turn.wake();
  }

  /**
   * From now on nothing is taken out of the inbox; what is in the spool goes on. Waits for a claim
   * that is being made.
   */
  public void collectNoMore() {
    synchronized (collectingLock) {
      collectsNoMore = true;
    }
  }

  /**
   * A file stands in the spool, to be sent without a check. Call it in the order of their ids; what
   * is not told is sent at the next start.
   *
   * @param own the file's own folder
   */
  public void add(Path own) {
    added.add(own);
    turn.wake();
  }

  /** A connection is there: everything in the spool that has to be sent is sent on it. */
  public void linked(Connection connection, String era) throws JMSException {
    link.linked(connection, era);
    turn.wake();
  }

  /** The connection is dead. */
  public void unlinked() {
    link.unlinked();
  }

  /** On a thread of the client's. */
  private void refused(Exception cause) {
    log.warn(null, "not-published", "reason", cause.getMessage(), "again-in", pace.afterFault());
    sendAgain = true;
    turn.wakeIn(pace.afterFault());
  }

  // --- one turn ---

  private void turn() {
    boolean collects = collector.isPresent() && waiting.size() < pace.mostWaiting();
    full = collector.isPresent() && !collects;
    if (collects) {
      synchronized (collectingLock) {
        if (!collectsNoMore) {
          collect(collector.get());
        }
      }
    }
    try {
      dispatch();
    } catch (IOException e) {
      sending.say("the spool cannot be read or written", e, pace.afterFault());
      sendAgain = true;
      turn.wakeIn(pace.afterFault());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (collector.isPresent() && !collects) {
      turn.wakeIn(waiting.size() < pace.mostWaiting() ? Duration.ZERO : pace.afterFault());
    }
  }

  private void collect(Collector from) {
    Inbox watched = inbox.orElseThrow();
    try {
      Collected collected = from.collect();
      collected.claimed().forEach(entry -> waiting.add(entry.folder()));
      turn.wakeIn(collected.lookAgain());
      if (collected.fault().isPresent()) {
        throw collected.fault().get();
      }
      collecting.over();
    } catch (IOException e) {
      collecting.say("not everything can be taken from " + watched.folder(), e, pace.afterFault());
      watched.listOnceMore();
      // What was claimed before the fault stands in the spool, and nowhere else.
      sendAgain = true;
      turn.wakeIn(pace.afterFault());
    }
  }

  private void dispatch() throws IOException, InterruptedException {
    noteSent();
    Optional<Session> present = link.present();
    if (present.isPresent()) {
      dispatch(present.get());
    }
  }

  private void dispatch(Session current) throws IOException, InterruptedException {
    if (current != sendingOn || sendAgain) {
      sendAgain = false;
      reload(current.era());
      sendingOn = current;
    }
    // After the reload, which may have listed them: sent twice is sent once, by the duplicate id.
    for (Path own = added.poll(); own != null; own = added.poll()) {
      waiting.add(own);
    }
    List<Path> later = new ArrayList<>();
    try {
      while (!waiting.isEmpty() && link.isPresent(current) && !sendAgain) {
        Path own = waiting.peek();
        Next next = dispatch(own, current);
        if (next == Next.STOP) {
          break;
        }
        waiting.poll();
        if (next == Next.LATER) {
          later.add(own);
        }
        noteSent();
      }
    } finally {
      waiting.addAll(later);
    }
  }

  /** Everything that has to be sent, as the spool knows it. */
  private void reload(String era) throws IOException {
    int again;
    synchronized (spool) {
      again = spool.adopt(era);
    }
    adopted = era;
    if (again > 0) {
      log.warn(null, "broker-is-new", "era", era, "send-again", again);
    }
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

  private Next dispatch(Path own, Session current) throws IOException, InterruptedException {
    Optional<Entry> entry = spool.entry(own);
    if (entry.isEmpty()) {
      return Next.DONE;
    }
    try {
      return dispatch(entry.get(), current);
    } catch (NoSuchFileException e) {
      if (isTaken(entry.get())) {
        rests.end(entry.get().id());
        return Next.DONE;
      }
      throw e;
    }
  }

  /** Whether a receipt of an earlier sending has taken the file away, while we dealt with it. */
  private boolean isTaken(Entry entry) throws IOException {
    return spool.entry(entry.folder()).isEmpty();
  }

  private Next dispatch(Entry entry, Session current) throws IOException, InterruptedException {
    Duration left = rests.left(entry.id());
    if (left.toNanos() > 0) {
      turn.wakeIn(left);
      return Next.LATER;
    }
    FileIdentity looks = FileIdentity.of(entry.file());
    Judgement judgement = judge(entry, looks);
    if (judgement instanceof Judgement.NotYet notYet) {
      return later(entry, notYet);
    }
    rests.end(entry.id());
    if (judgement instanceof Judgement.Refused refused) {
      checkpoint.reached(Step.REFUSED, entry.id());
      // As for a published one: its marker must not vouch for the next file of that name.
      removeCompanions(entry);
      cargo.refuse(entry, refused);
      return Next.DONE;
    }
    if (!FileIdentity.of(entry.file()).sameContentAs(looks)) {
      // By now it may be a pipe, and whoever opens one waits for a writer.
      return changed(entry, new IOException("it changed while it was checked"));
    }
    if (!roomFor.test(cargo.carried(looks))) {
      sending.say(
          "nothing is published",
          new IOException("the broker's disk has no room"),
          pace.afterFault());
      turn.wakeIn(pace.afterFault());
      return Next.STOP;
    }
    sending.over();
    checkpoint.reached(Step.CHECKED, entry.id());
    return send(entry, looks, current);
  }

  private Judgement judge(Entry entry, FileIdentity looks) throws IOException {
    if (!looks.isRegular()) {
      return new Judgement.Refused("no regular file", "");
    }
    boolean judgedBefore = entry.folder().getParent().endsWith("again");
    if (judgedBefore) {
      return new Judgement.Good();
    }
    rests.judging(entry.id());
    try {
      return cargo.judge(entry);
    } finally {
      rests.judged();
    }
  }

  private Next later(Entry entry, Judgement.NotYet notYet) {
    rests.begin(entry.id(), notYet.delay(), notYet.reason());
    log.info(entry.id(), "check-not-yet", "reason", notYet.reason(), "again-in", notYet.delay());
    turn.wakeIn(notYet.delay());
    return Next.LATER;
  }

  private Next send(Entry entry, FileIdentity looks, Session current)
      throws IOException, InterruptedException {
    Sender sender = current.sender();
    try (Outgoing outgoing = cargo.message(sender.session(), entry, looks)) {
      try {
        Messages.onlyOnce(outgoing.message(), current.era() + ":" + entry.id());
        checkpoint.reached(Step.SENDING, entry.id());
        sender.send(
            cargo.queue(),
            outgoing.message(),
            () -> brokerHas(new Sent(entry, looks, outgoing.sha256(), current.era())));
        return Next.DONE;
      } catch (JMSException e) {
        Optional<IOException> broken = outgoing.reader().fault();
        return broken.isPresent()
            ? brokeOff(entry, broken.get(), current)
            : notSent(entry, e, current);
      }
    } catch (NoSuchFileException taken) {
      throw taken;
    } catch (IOException changes) {
      return changed(entry, changes);
    } catch (JMSException e) {
      return notSent(entry, e, current);
    }
  }

  /** Somebody still writes to what we took: it is sent when that has ended. */
  private Next changed(Entry entry, IOException why) {
    String reason = why instanceof AccessDeniedException ? "no right to read it" : why.getMessage();
    return later(entry, new Judgement.NotYet(reason, pace.afterFault()));
  }

  /**
   * The same, when a part of it is on its way: the session is of no use any more. The others do not
   * wait for the end of the writing, they go on over a new one at once.
   */
  private Next brokeOff(Entry entry, IOException why, Session current) throws IOException {
    if (!isTaken(entry)) {
      changed(entry, why);
    }
    renew(current);
    turn.wake();
    return Next.STOP;
  }

  /**
   * The connection may live and only this session be broken (a payload that broke off, a queue that
   * refuses): a new session begins clean, and everything not confirmed is sent again.
   */
  private Next notSent(Entry entry, JMSException e, Session current) throws IOException {
    if (link.isPresent(current) && !isTaken(entry)) {
      log.warn(
          entry.id(), "not-published", "reason", e.getMessage(), "again-in", pace.afterFault());
    }
    renew(current);
    turn.wakeIn(pace.afterFault());
    return Next.STOP;
  }

  private void renew(Session current) {
    current.sender().close();
    if (link.isPresent(current)) {
      try {
        link.renew(current);
      } catch (JMSException connectionIsDead) {
        LOG.debug("{}: the link will bring another connection", flux, connectionIsDead);
      }
    }
  }

  /** On a thread of the client's, which other fluxes need: only noted. */
  private void brokerHas(Sent file) {
    checkpoint.reached(Step.SENT, file.entry().id());
    sent.add(file);
    turn.wake();
  }

  private void noteSent() throws IOException {
    for (Sent file = sent.poll(); file != null; file = sent.poll()) {
      if (!file.era().equals(adopted)) {
        // The broker that said so is another one now: the file is sent again.
        continue;
      }
      Entry entry = file.entry();
      log.info(
          entry.id(),
          cargo.word(Milestone.PUBLISHED),
          "bytes",
          file.looks().size(),
          "sha256",
          file.sha256());
      cargo.published(entry, file.looks().size(), file.sha256());
      // Before the state: a marker that outlived its file would vouch for the next of that name.
      removeCompanions(entry);
      synchronized (spool) {
        // An empty folder would be left if the receipt was quicker and took the file to the
        // archive.
        if (spool.entry(entry.folder()).isPresent()) {
          spool.become(entry, State.PUBLISHED);
        }
      }
      checkpoint.reached(Step.PUBLISHED, entry.id());
    }
  }

  private void removeCompanions(Entry entry) {
    try {
      if (companions.isPresent()) {
        companions.get().remove(entry);
      }
    } catch (IOException e) {
      log.error(
          entry.id(),
          "companion-stays",
          "reason",
          e.toString(),
          "then",
          "remove the marker or hash by hand: it vouches for the next file of that name");
    }
  }

  /** How long its turn has been at work without an end; nothing while it rests. */
  public Optional<Duration> busyFor() {
    return turn.busyFor();
  }

  /** What only this daemon knows of the files that wait here. Safe on any thread. */
  public Memory memory(InstantSource clock) {
    return new OwnMemory(inbox, rests, link, collecting, sending, this::full, clock);
  }

  private Optional<String> full() {
    return full
        ? Optional.of(pace.mostWaiting() + " wait in the spool already; the rest waits here")
        : Optional.empty();
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
