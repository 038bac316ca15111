package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.begin.Note.State;
import fr.epiconcept.navette.broker.carry.Departures;
import fr.epiconcept.navette.broker.carry.Sender;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.WorkerSection;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.inbox.Inbox;
import fr.epiconcept.navette.flux.inbox.MarkerWatch;
import fr.epiconcept.navette.flux.landing.Landing;
import fr.epiconcept.navette.flux.life.Searchable;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.watch.FolderWatcher;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.jms.Connection;
import javax.jms.JMSException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One flux on the processing server: its {@link Lanes} bring deposits to its {@link Processing};
 * its {@link Departures} take home what the application puts into {@code out}.
 */
final class FluxWorker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FluxWorker.class);

  private final FluxName flux;
  private final WorkerSection section;
  private final Path state;
  private final FluxLog log;
  private final Turns turns;
  private final InstantSource clock;
  private final Marks marks;
  private final PatientMarks patientMarks;
  private final Spool spool;
  private final Script script;
  private final Path own;
  private final Path toldEra;
  private final Receipts receipts;
  private final Answers answers;
  private final InProgress inProgress;
  private final Places places;
  private final WithoutMessage withoutMessage;
  private final Lanes lanes;
  private final String account;
  private final Optional<Inbox> out;
  private final Departures departures;
  private final FluxReport report;
  private final List<FolderWatcher.Watch> watches = new ArrayList<>();
  private Runnable endBelow = () -> {};

  private volatile Sender telling;
  private volatile boolean closed;
  private volatile boolean leaving;

  /** What all fluxes of the daemon share. */
  record Shared(
      FileIds ids,
      Turns turns,
      FolderWatcher watcher,
      InstantSource clock,
      Checkpoint checkpoint,
      Places places) {
    /** How much room a broker has only its own server can tell. */
    private Departures.Shared departures() {
      return new Departures.Shared(ids, bytes -> true, checkpoint, turns);
    }
  }

  /**
   * The flux.
   *
   * @param account the worker's account at the flux's broker
   * @param large where the bytes are that are not in its messages
   * @param server knows what other workers of the flux have begun
   * @param state the daemon's state folder
   */
  FluxWorker(
      FluxName flux,
      WorkerSection section,
      String account,
      FetchedFile.Source large,
      Others.Server server,
      Path state,
      FluxLog log,
      Shared shared)
      throws IOException {
    this.flux = flux;
    this.section = section;
    this.state = state;
    this.account = account;
    this.log = log;
    this.turns = shared.turns();
    this.places = shared.places();
    this.clock = shared.clock();
    own = state.resolve("flux").resolve(flux.value());
    marks = new Marks(own.resolve("deposits"));
    spool = new Spool(own.resolve("spool"));
    spool.removeEmpty();
    spool.newest().ifPresent(shared.ids()::notBefore);
    patientMarks = new PatientMarks(marks, log);
    toldEra = own.resolve("told-era");
    receipts = new Receipts(flux, account);
    script = new Script(section, log);
    CurrentRun current = new CurrentRun(section.concurrency() == 1);
    answers =
        new Answers(
            section.out(),
            section.runAs(),
            section.outReady().recursive(),
            own,
            spool,
            shared.ids(),
            log);
    Others others = new Others(flux, own, server, log);
    Processing processing = processing(shared, large, others, current);
    inProgress = new InProgress(section.concurrency(), System::nanoTime);
    Settling.Shared settling =
        new Settling.Shared(flux, account, processing, spool, receipts, log, shared.checkpoint());
    withoutMessage = new WithoutMessage(marks, inProgress, processing, others, settling, turns);
    lanes =
        new Lanes(
            new Intake.Shared(
                flux,
                processing,
                inProgress,
                receipts,
                settling,
                log,
                turns,
                places,
                section.priority(),
                section.concurrency(),
                section.ahead()),
            section.onFailure(),
            new Hold(state, flux, shared.clock()),
            marks);
    out = section.out().map(this::inbox);
    departures =
        new Departures(
            flux,
            out,
            spool,
            new AnswerCargo(flux, account, spool, log, current::wrote),
            log,
            shared.departures());
    report =
        new FluxReport(
            flux,
            section,
            spool.folder(),
            out,
            departures::busyFor,
            inProgress,
            this::inLine,
            Hold.at(state, flux));
    out.ifPresent(inbox -> watch(shared.watcher(), inbox));
  }

  private Processing processing(
      Shared shared, FetchedFile.Source large, Others others, CurrentRun current) {
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
        new Landing(section.storage(), reserved(section), marks, shared.checkpoint()),
        large,
        marks,
        runs,
        others,
        answers,
        section.archive().map(folder -> new KeptFolder(folder, ZoneId.systemDefault())),
        log,
        shared.checkpoint());
  }

  /** An application's {@code out} may lie in its storage folder: a deposit there would go home. */
  private static List<Path> reserved(WorkerSection section) {
    return Stream.concat(section.out().stream(), section.archive().stream()).toList();
  }

  private Inbox inbox(Path folder) {
    return new Inbox(folder, section.outReady(), System::nanoTime, this::wake);
  }

  private void watch(FolderWatcher watcher, Inbox inbox) {
    FolderWatcher.Watch watch = watcher.watch(inbox.folder(), inbox);
    watches.add(watch);
    inbox.watchedBy(watch);
    endBelow = inbox.watchFolders(watcher);
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

  FluxReport report() {
    return report;
  }

  /** The files whose scripts wait for a place. */
  private Set<FileId> inLine() {
    return places.waiting(flux);
  }

  Optional<Path> out() {
    return section.out();
  }

  // --- the links: one that receives, one that sends ---

  /** The link for sending is there: acknowledgements leave, receipts may. */
  void sendingOn(Connection connection, String era) throws JMSException {
    if (closed) {
      return;
    }
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
  void receivingOn(Connection connection) {
    if (closed) {
      return;
    }
    withoutMessage.linked(connection);
    lanes.linked(connection);
  }

  void receivingOver() {
    withoutMessage.unlinked();
    lanes.unlinked();
  }

  /**
   * Sends again every outcome that the file server has not confirmed, if the broker is not the one
   * that was told. May take long; on a thread of its own.
   *
   * <p>Not of a file whose answers stand where its script put them: that one was never settled, it
   * comes again, and once the file server had heard of its end it would not.
   */
  void tellOutcomesAgain(Connection connection, String era)
      throws IOException, JMSException, InterruptedException {
    if (closed || DurableFile.read(toldEra).map(String::strip).equals(Optional.of(era))) {
      return;
    }
    try (Sender sender =
        new Sender(connection, refused -> LOG.debug("{}: not told again", flux, refused))) {
      telling = sender;
      for (FileId id : marks.open()) {
        Optional<Outcome> outcome = answers.areTaken(id) ? untold(id) : Optional.empty();
        if (outcome.isPresent()) {
          sender.send(
              Addresses.returns(flux), Messages.of(sender.session(), outcome.get()), () -> {});
        }
      }
      if (sender.drain()) {
        DurableFile.replace(toldEra, era + "\n");
      }
      sender.session().close();
    }
  }

  /** One mark that cannot be read does not keep the others from being told. */
  private Optional<Outcome> untold(FileId id) {
    try {
      Progress progress = Progress.of(marks.read(id));
      return progress.finished().map(end -> end.outcome(flux, id, progress.round(), account));
    } catch (IOException | RuntimeException damaged) {
      log.error(
          id,
          "outcome-not-told-again",
          "reason",
          "its mark cannot be read: " + damaged,
          "then",
          "the others are told");
      return Optional.empty();
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
              entry.get().path());
        }
      }
    }
  }

  /** How far it is with a deposit that it has begun; nothing if that cannot be known now. */
  Optional<State> howFar(FileId id, int round) {
    try {
      return closed ? Optional.empty() : Optional.of(withoutMessage.howFar(id, round));
    } catch (IOException | RuntimeException e) {
      LOG.warn("{}: how far {} is cannot be said: {}", flux, id, e.toString());
      return Optional.empty();
    }
  }

  // --- what an operator asks for ---

  /** Looks at the whole of {@code out} now; false if the flux has none. */
  boolean rescan() {
    out.ifPresent(Inbox::listAll);
    return out.isPresent();
  }

  /** Its lanes, which can be held. */
  Lanes lanes() {
    return lanes;
  }

  // --- stopping ---

  /** Takes nothing more, and ends every rest. Running scripts go on. */
  void stopTaking() {
    lanes.stop();
  }

  /**
   * Takes nothing new, neither from the broker nor from {@code out}; the running script, and all
   * that is on its way home, goes on.
   */
  void windUp() {
    leaving = true;
    takeNothingNew();
    turns.execute(lanes::letIdleGo);
    log.info(null, "draining");
  }

  private void takeNothingNew() {
    stopTaking();
    watches.forEach(FolderWatcher.Watch::close);
    endBelow.run();
    departures.collectNoMore();
  }

  /** What it waits for since it winds up; nothing while it is to stay. */
  Optional<String> leaving() throws IOException {
    return leaving ? underWay() : Optional.empty();
  }

  /** What the file server has not confirmed yet, and a script that runs. */
  Optional<String> underWay() throws IOException {
    lanes.letIdleGo();
    if (isBusy()) {
      return Optional.of("its script runs");
    }
    int answers = spool.count();
    if (answers > 0) {
      return Optional.of(answers + " acknowledgements that the file server has not confirmed");
    }
    for (FileId id : marks.open()) {
      if (Progress.of(marks.read(id)).finished().isPresent()) {
        return Optional.of("outcomes that the file server has not confirmed");
      }
    }
    return Optional.empty();
  }

  /** Waits for the running script, and ends the flux while its link and the others' stay. */
  void end() throws InterruptedException {
    takeNothingNew();
    lanes.letIdleGo();
    boolean idle = false;
    while (!idle) {
      idle = awaitIdle(Duration.ofMinutes(1));
    }
    lanes.letGo();
    close();
    log.info(null, "ended");
  }

  /**
   * Why it must not become {@code to}: a run that has ended, and whose outcome could not be told
   * yet, has its answers in {@code out}.
   */
  Optional<String> obstacle(WorkerSection to) throws IOException {
    Path from = answersIn(section);
    if (from.equals(answersIn(to))) {
      return Optional.empty();
    }
    int runs = Answers.countRuns(from);
    return runs == 0 || isBusy()
        ? Optional.empty()
        : Optional.of(
            "worker.out cannot change while "
                + runs
                + " runs have their folders in "
                + from
                + ": what they answered would be left behind; reload again when they have ended");
  }

  private Path answersIn(WorkerSection of) {
    return of.out().orElse(own);
  }

  /** Whether a deposit is being worked on. */
  boolean isBusy() {
    return inProgress.isBusy();
  }

  /** What waits here and why; on any thread. */
  WorkerView view(InstantSource at) {
    return WorkerView.of(flux, section, state, inProgress.now(), inLine(), departures.memory(at));
  }

  /** Where the lives of its files can be read. */
  Searchable searchable() {
    return Searchable.of(flux, section, state);
  }

  /** Waits until no deposit is being worked on; false if that takes longer than {@code limit}. */
  boolean awaitIdle(Duration limit) throws InterruptedException {
    return inProgress.awaitIdle(limit);
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
    closed = true;
    watches.forEach(FolderWatcher.Watch::close);
    endBelow.run();
    receivingOver();
    sendingOver();
    departures.close();
    withoutMessage.close();
  }
}
