package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.carry.Departures;
import fr.epiconcept.navette.broker.carry.Sender;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.WorkerSection;
import fr.epiconcept.navette.flux.config.WorkerSection.OnFailure;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.inbox.Inbox;
import fr.epiconcept.navette.flux.inbox.MarkerWatch;
import fr.epiconcept.navette.flux.landing.Landing;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.watch.FolderWatcher;
import fr.epiconcept.navette.worker.Progress.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.jms.Connection;
import javax.jms.JMSException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One flux on the processing server: its {@link Lane lanes} bring deposits to its {@link
 * Processing}; its {@link Departures} take home what the application puts into {@code out}.
 */
final class FluxWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FluxWorker.class);

  /** How often a held flux looks whether an operator has ended the hold. */
  private static final Duration HOLD_LOOK = Duration.ofSeconds(1);

  /** How long a flux that is refused by a living broker waits before it tries again. */
  private static final Duration REOPEN = Duration.ofSeconds(10);

  private final FluxName flux;
  private final WorkerSection section;
  private final FluxLog log;
  private final Turns turns;
  private final InstantSource clock;
  private final Marks marks;
  private final PatientMarks patientMarks;
  private final Spool spool;
  private final Script script;
  private final Hold hold;
  private final Path toldEra;
  private final Receipts receipts;
  private final Lane.Shared laneParts;
  private final String account;
  private final Optional<Inbox> out;
  private final Departures departures;
  private final List<FolderWatcher.Watch> watches = new ArrayList<>();

  private volatile Sender telling;

  // Guarded by this.
  private Connection receiving;
  private List<Lane> lanes = List.of();
  private boolean closing;
  private boolean watchingHold;

  /** What all fluxes of the daemon share. */
  record Shared(
      FileIds ids,
      Turns turns,
      FolderWatcher watcher,
      InstantSource clock,
      Checkpoint checkpoint) {}

  /**
   * The flux.
   *
   * @param account the worker's account at the flux's broker
   * @param state the daemon's state folder
   */
  FluxWorker(
      FluxName flux, WorkerSection section, String account, Path state, FluxLog log, Shared shared)
      throws IOException {
    this.flux = flux;
    this.section = section;
    this.account = account;
    this.log = log;
    this.turns = shared.turns();
    this.clock = shared.clock();
    Path own = state.resolve("flux").resolve(flux.value());
    marks = new Marks(own.resolve("deposits"));
    spool = new Spool(own.resolve("spool"));
    spool.removeEmpty();
    spool.newest().ifPresent(shared.ids()::notBefore);
    patientMarks = new PatientMarks(marks, log);
    hold = new Hold(state, flux);
    toldEra = own.resolve("told-era");
    receipts = new Receipts(flux, account);
    script = new Script(section, log);
    CurrentRun current = new CurrentRun(section.concurrency() == 1);
    Answers answers = new Answers(section.out(), section.runAs(), own, spool, shared.ids(), log);
    Processing processing = processing(shared, answers, current);
    laneParts =
        new Lane.Shared(
            flux,
            account,
            processing,
            new InProgress(section.concurrency(), System::nanoTime),
            spool,
            receipts,
            log,
            shared.checkpoint(),
            new Owner());
    out = section.out().map(this::inbox);
    departures =
        new Departures(
            flux,
            out,
            spool,
            shared.ids(),
            new AnswerCargo(flux, account, spool, log, current::wrote),
            bytes -> true,
            log,
            shared.checkpoint(),
            shared.turns());
    out.ifPresent(inbox -> watch(shared.watcher(), inbox));
  }

  private Processing processing(Shared shared, Answers answers, CurrentRun current) {
    Runs runs =
        new Runs(
            script,
            answers,
            patientMarks,
            new Runs.Policy(section.retry(), section.onInterrupt()),
            current,
            log,
            shared.clock(),
            shared.checkpoint());
    return new Processing(
        new Landing(section.storage(), marks, shared.checkpoint()),
        marks,
        runs,
        answers,
        section.archive().map(folder -> new KeptFolder(folder, ZoneId.systemDefault())),
        log,
        shared.checkpoint());
  }

  private Inbox inbox(Path folder) {
    return new Inbox(folder, section.outReady(), System::nanoTime, this::wake);
  }

  private void watch(FolderWatcher watcher, Inbox inbox) {
    FolderWatcher.Watch watch = watcher.watch(inbox.folder(), inbox);
    watches.add(watch);
    inbox.watchedBy(watch);
    inbox
        .markerFolder()
        .ifPresent(folder -> watches.add(watcher.watch(folder, new MarkerWatch(inbox))));
  }

  /** The inbox may call before there is anything to wake: its listing is due anyhow. */
  private void wake() {
    Optional.ofNullable(departures).ifPresent(Departures::wake);
  }

  FluxName name() {
    return flux;
  }

  String broker() {
    return section.broker();
  }

  Optional<Path> out() {
    return section.out();
  }

  // --- the links: one that receives, one that sends ---

  /** The link for sending is there: acknowledgements leave, receipts may. */
  void sendingOn(Connection connection, String era) throws JMSException {
    departures.linked(connection, era);
    receipts.linked(connection);
  }

  void sendingOver() {
    // Whoever waits for completions of a dead link would wait for ever.
    Optional.ofNullable(telling).ifPresent(Sender::close);
    departures.unlinked();
    receipts.unlinked();
  }

  /** The link for receiving is there: deposits come. */
  synchronized void receivingOn(Connection connection) {
    receiving = connection;
    if (hold.isOn()) {
      watchHold();
    } else {
      openLanes();
    }
  }

  /**
   * A flux that is refused (its account may not have it, its queue is gone) tries again for as long
   * as the link lives: what an operator mends at the broker needs no restart here.
   */
  private void openLanes() {
    Connection connection = receiving;
    List<Lane> opened = new ArrayList<>();
    try {
      for (int i = 0; i < section.concurrency(); i++) {
        opened.add(new Lane(connection, laneParts));
      }
      lanes = opened;
    } catch (JMSException e) {
      log.error(null, "receives-nothing", "reason", e.getMessage(), "again-in", REOPEN);
      opened.forEach(Lane::end);
      closeSessions(opened);
      turns.in(REOPEN, () -> reopenLanes(connection));
    }
  }

  private synchronized void reopenLanes(Connection connection) {
    boolean stillWanted = connection.equals(receiving) && lanes.isEmpty() && !hold.isOn();
    if (stillWanted && !closing) {
      openLanes();
    }
  }

  /** One lane's session is of no use any more, though the link may live: all are made anew. */
  private void laneDied(Lane lane) {
    Connection connection;
    synchronized (this) {
      if (!lanes.contains(lane)) {
        return;
      }
      connection = receiving;
    }
    retireLanes();
    turns.in(REOPEN, () -> reopenLanes(connection));
  }

  synchronized void receivingOver() {
    lanes.forEach(Lane::end);
    lanes = List.of();
    receiving = null;
  }

  /**
   * Sends again every outcome that the file server has not confirmed, if the broker is not the one
   * that was told. May take long; on a thread of its own.
   */
  void tellOutcomesAgain(Connection connection, String era)
      throws IOException, JMSException, InterruptedException {
    if (DurableFile.read(toldEra).map(String::strip).equals(Optional.of(era))) {
      return;
    }
    try (Sender sender =
        new Sender(connection, refused -> LOG.debug("{}: not told again", flux, refused))) {
      telling = sender;
      for (FileId id : marks.open()) {
        Progress progress = Progress.of(marks.read(id));
        if (progress.finished().isPresent()) {
          Outcome outcome = progress.finished().get().outcome(flux, id, progress.round(), account);
          sender.send(Addresses.returns(flux), Messages.of(sender.session(), outcome), () -> {});
        }
      }
      if (sender.drain()) {
        DurableFile.replace(toldEra, era + "\n");
      }
      sender.session().close();
    }
  }

  /** The file server says what it has: it need not be kept here any longer. */
  void confirmed(Receipt receipt) throws IOException {
    if (receipt.of() == Receipt.Of.OUTCOME) {
      Progress progress = Progress.of(marks.read(receipt.id()));
      // A later round of the same file may be under way: this word is for an earlier one then.
      if (progress.round() == receipt.round() && progress.finished().isPresent()) {
        marks.close(receipt.id());
      }
    } else if (receipt.of() == Receipt.Of.ACKNOWLEDGEMENT) {
      synchronized (spool) {
        Optional<Entry> entry = spool.find(receipt.id());
        if (entry.isPresent()) {
          spool.remove(entry.get());
          log.info(
              entry.get().related().orElse(receipt.id()),
              "acknowledged",
              "answer",
              receipt.id(),
              "name",
              entry.get().name());
        }
      }
    }
  }

  // --- holding ---

  private final class Owner implements Lane.Owner {
    /** Before the end is told: whatever dies after that, nothing overtakes the failed file. */
    @Override
    public void ending(Finished end) throws IOException {
      if (stopsAt(end)) {
        hold.put("on-failure: stop, after: " + end.reason());
      }
    }

    @Override
    public void ended(Finished end) {
      if (stopsAt(end)) {
        log.error(null, "stopped", "reason", end.reason(), "until-removed", hold.file());
        retireLanes();
        watchHold();
      }
    }

    @Override
    public void died(Lane lane) {
      laneDied(lane);
    }
  }

  private boolean stopsAt(Finished end) {
    return end.result() != Result.PROCESSED && section.onFailure() == OnFailure.STOP;
  }

  private void retireLanes() {
    List<Lane> old;
    synchronized (this) {
      old = lanes;
      lanes = List.of();
      old.forEach(Lane::end);
    }
    turns.execute(() -> closeSessions(old));
  }

  private static void closeSessions(List<Lane> lanes) {
    for (Lane lane : lanes) {
      try {
        lane.session().close();
      } catch (JMSException e) {
        LOG.debug("a session that is dead cannot be closed", e);
      }
    }
  }

  private synchronized void watchHold() {
    if (!watchingHold) {
      watchingHold = true;
      turns.in(HOLD_LOOK, this::lookAtHold);
    }
  }

  private synchronized void lookAtHold() {
    watchingHold = false;
    if (closing || receiving == null || !lanes.isEmpty()) {
      return;
    }
    if (hold.isOn()) {
      watchHold();
    } else {
      log.info(null, "resumed");
      openLanes();
    }
  }

  // --- stopping ---

  /** Takes nothing more, and ends every rest. Running scripts go on. */
  synchronized void stopTaking() {
    closing = true;
    lanes.forEach(Lane::end);
  }

  /** Whether a deposit is being worked on. */
  boolean isBusy() {
    return laneParts.inProgress().isBusy();
  }

  /** Waits until no deposit is being worked on; false if that takes longer than {@code limit}. */
  boolean awaitIdle(Duration limit) throws InterruptedException {
    return laneParts.inProgress().awaitIdle(limit);
  }

  /** Forgets closed marks of files that were claimed longer ago than {@code keep}. */
  void expireMarks(Duration keep) throws IOException {
    marks.expire(clock.instant(), keep);
  }

  /** Ends the scripts that still run: they are recorded as interrupted. */
  void terminateScripts() {
    patientMarks.stop();
    script.terminate();
  }

  @Override
  public void close() {
    watches.forEach(FolderWatcher.Watch::close);
    receivingOver();
    sendingOver();
    departures.close();
  }
}
