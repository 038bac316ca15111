package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.carry.Departures;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.inbox.Inbox;
import fr.epiconcept.navette.flux.inbox.MarkerWatch;
import fr.epiconcept.navette.flux.ledger.Booked;
import fr.epiconcept.navette.flux.ledger.Ledger;
import fr.epiconcept.navette.flux.ledger.LedgerView;
import fr.epiconcept.navette.flux.life.Searchable;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Records;
import fr.epiconcept.navette.flux.spool.Repeats;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.flux.turn.Turns;
import fr.epiconcept.navette.flux.view.Held;
import fr.epiconcept.navette.flux.watch.FolderWatcher;
import fr.epiconcept.navette.ingest.sftp.PartnerServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import javax.jms.Connection;
import javax.jms.JMSException;

/**
 * One flux on the file server. A file's way through it: {@link Inbox} (ready) → {@link Spool}
 * (claim) → {@link Check} → {@link Departures} (publish) … {@link Returns} → {@link Archive} (on
 * receipt) → {@link Endings} (on outcome), {@link Answers} (to {@code out}).
 */
final class FluxIngest implements AutoCloseable {
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final FluxName flux;
  private final IngestSection section;
  private final FluxLog log;
  private final Contents contents;
  private final Spool spool;
  private final Optional<PartnerServer> partner;
  private final Inbox inbox;
  private final Returns returns;
  private final Departures departures;
  private final Check check;
  private final List<FolderWatcher.Watch> watches = new ArrayList<>();
  private final Turns turns;
  private Runnable endBelow = () -> {};
  private final Marks answerMarks;
  private final Resending.Parts resendingParts;
  private final Ledger ledger;
  private final Duration mountAgain;
  private final FluxReport report;
  private final Begun begun;
  private final QueueHold hold;
  private final Repeating repeating;
  private final Replay replay;

  private volatile boolean leaving;

  // Guarded by this.
  private Connection linkedTo;
  private Optional<Resending> resending = Optional.empty();
  private Optional<String> notJoined = Optional.empty();

  /**
   * What all fluxes of the daemon share.
   *
   * @param roomFor whether the broker's disk has room for so many more bytes
   * @param spoolReserve bytes that a replay leaves free on a spool's disk
   * @param mountAgain after how long an archive that is out of reach is looked for again
   * @param contents what the broker has of a flux
   * @param several whether more than one account may take the deposits of a flux now
   */
  record Shared(
      FileIds ids,
      Turns turns,
      FolderWatcher watcher,
      LongPredicate roomFor,
      long spoolReserve,
      Duration mountAgain,
      QueueHold.Parts holds,
      Contents contents,
      Predicate<FluxName> several,
      Checkpoint checkpoint) {
    private Departures.Shared departures() {
      return new Departures.Shared(ids, roomFor, checkpoint, turns);
    }
  }

  FluxIngest(FluxName flux, IngestSection section, Path state, FluxLog log, Shared shared)
      throws IOException {
    this.flux = flux;
    this.section = section;
    this.log = log;
    this.contents = shared.contents();
    this.turns = shared.turns();
    mountAgain = shared.mountAgain();
    Checkpoint checkpoint = shared.checkpoint();
    ZoneId zone = ZoneId.systemDefault();
    new SpoolPlace(state).becomes(section.spool(), log);
    spool = new Spool(section.spool());
    spool.removeEmpty();
    ledger = new Ledger(section.spool(), log);
    new LateBookings(section.spool(), ledger, log).make();
    Records arrived = new Records(section.spool().resolve("arrived"));
    Records dead = new Records(section.spool().resolve("dead"));
    spool.newest().ifPresent(shared.ids()::notBefore);
    arrived.newest().ifPresent(shared.ids()::notBefore);
    // Of files that have ended too: else an id of today would stand before one of yesterday.
    LedgerView.of(section.spool()).newest().ifPresent(shared.ids()::notBefore);
    partner =
        section.sftp().isPresent()
            ? Optional.of(new PartnerServer(flux, section, log, shared.turns()))
            : Optional.empty();
    inbox = new Inbox(section.inbox(), PartnerServer.rules(section), System::nanoTime, this::wake);

    check = new Check(flux, section);
    Quarantine quarantine =
        new Quarantine(new KeptFolder(section.quarantine(), zone), spool, ledger, log, checkpoint);
    Several several = new Several(section.workers().mode(), () -> shared.several().test(flux));
    DepositCargo cargo =
        new DepositCargo(flux, check, quarantine, section.ready().empty(), ledger, several);
    departures = new Departures(flux, Optional.of(inbox), spool, cargo, log, shared.departures());

    Archive archive =
        new Archive(new KeptFolder(section.archive(), zone), spool, arrived, log, checkpoint);
    DeadLetters deadLetters = new DeadLetters(flux, several);
    begun =
        new Begun(
            flux,
            new Records(state.resolve("begun")),
            this::isOpen,
            section.workers().takeover(),
            InstantSource.system(),
            System::nanoTime,
            log);
    Endings endings =
        new Endings(arrived, dead, deadLetters, ledger, begun::ended, log, checkpoint);
    resendingParts =
        new Resending.Parts(
            arrived,
            dead,
            deadLetters,
            this::wholeLetters,
            era -> OlderFiles.of(spool, cargo, era),
            log);
    answerMarks = new Marks(state.resolve("answers"));
    Answers answers =
        new Answers(
            section.out(),
            List.of(section.spool(), section.archive(), section.quarantine()),
            partner.flatMap(PartnerServer::landing),
            answerMarks,
            log,
            checkpoint);
    returns = new Returns(flux, answers, archive, endings, log, shared.turns());
    report =
        new FluxReport(
            flux,
            section,
            zone,
            inbox,
            departures::busyFor,
            returns::busyFor,
            partner,
            shared.holds().holds());
    Repeated repeated = new Repeated(state);
    repeating =
        new Repeating(
            flux,
            new Repeats(spool),
            arrived,
            dead,
            repeated,
            ledger,
            LedgerView.of(section.spool()),
            new Repeating.Machinery(
                shared.ids(),
                this::link,
                () -> shared.contents().of(flux),
                bytes -> spaceLeft(section.spool()) - shared.spoolReserve() >= bytes,
                departures::add,
                point -> {}),
            log);
    replay =
        new Replay(
            flux,
            new ReplayPlan(section, state, zone),
            repeating,
            Replay.MOST_FROM_ELSEWHERE,
            shared.ids(),
            InstantSource.system());
    hold = new QueueHold(flux, shared.holds(), turns, log);
    hold.begin();
    watch(shared.watcher());
    partner.ifPresent(server -> server.begin(shared.watcher()));
  }

  private void watch(FolderWatcher watcher) {
    FolderWatcher.Watch watch = watcher.watch(inbox.folder(), inbox);
    watches.add(watch);
    inbox.watchedBy(watch);
    endBelow = inbox.watchFolders(watcher);
    inbox
        .markerFolder()
        .ifPresent(folder -> watches.add(watcher.watch(folder, new MarkerWatch(inbox))));
    log.info(
        null,
        "watching",
        "inbox",
        inbox.folder(),
        "by",
        watch.isPolling() ? "polling" : "inotify",
        "because",
        watch.isPolling() ? watch.whyPolling() : null);
  }

  /**
   * The inbox may call before there is a turn to wake: it is told of the folder's listing later.
   */
  private void wake() {
    Optional.ofNullable(departures).ifPresent(Departures::wake);
  }

  FluxName name() {
    return flux;
  }

  FluxReport report() {
    return report;
  }

  /** A connection is there. Returns at once: what takes long is done on a thread of its own. */
  synchronized void linked(Connection connection, String era) {
    endResending();
    linkedTo = connection;
    returns.linked(connection, era);
    Resending fromArchive =
        new Resending(resendingParts, connection, era, returns::inTurn, mountAgain);
    resending = Optional.of(fromArchive);
    turns.execute(() -> depart(connection, era, fromArchive));
  }

  /** What another broker had is older than what was never sent, so it goes first. */
  private void depart(Connection connection, String era, Resending fromArchive) {
    resend(fromArchive);
    finishReplays();
    join(connection, era);
  }

  /** Before the spool is sent: it may have something that is not whole yet. */
  private void finishReplays() {
    try {
      repeating.finish();
    } catch (IOException | JMSException | RuntimeException e) {
      log.error(
          null,
          "replay-not-finished",
          "reason",
          e.toString(),
          "then",
          "finished by the next replay, or at the next start");
    }
  }

  /** One of which the broker's disk has lost the end would be in the way of a whole one. */
  private Set<FileId> wholeLetters() throws IOException {
    for (FileId id : contents.removeTornLetters(flux)) {
      log.warn(id, "letter-torn", "reason", "the broker's disk has lost the end of it");
    }
    return contents.of(flux).letters();
  }

  private static long spaceLeft(Path spool) {
    try {
      return Files.getFileStore(spool).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException("the disk of " + spool + " cannot be asked", e);
    }
  }

  private synchronized Optional<Connection> link() {
    return Optional.ofNullable(linkedTo);
  }

  /** What is out of reach now goes when it is back; the spool does not wait for it. */
  private void resend(Resending fromArchive) {
    if (fromArchive.attempt()) {
      turns.in(mountAgain, () -> resend(fromArchive));
    }
  }

  private synchronized void join(Connection connection, String era) {
    if (!connection.equals(linkedTo)) {
      return;
    }
    try {
      departures.linked(connection, era);
      notJoined.ifPresent(fault -> log.info(null, "goes-on", "after", fault));
      notJoined = Optional.empty();
    } catch (JMSException | RuntimeException e) {
      String fault = e.toString();
      log.error(null, "suspended", "reason", fault, "again-in", AGAIN, "instead-of", notJoined);
      notJoined = Optional.of(fault);
      turns.in(AGAIN, () -> join(connection, era));
    }
  }

  void unlinked() {
    endResending();
    departures.unlinked();
    returns.unlinked();
  }

  private synchronized void endResending() {
    linkedTo = null;
    resending.ifPresent(Resending::end);
    resending = Optional.empty();
  }

  /**
   * Forgets acknowledgements that were delivered longer ago than {@code keep}, and the books of
   * days of which nothing is left to be done.
   */
  void expireMarks(Instant now, Duration keep) throws IOException {
    answerMarks.expire(now, keep);
    ledger.expire(now, keep);
    begun.expire();
  }

  /** The books: whoever puts a file into the spool, or ends one, tells them. */
  Ledger ledger() {
    return ledger;
  }

  IngestSection section() {
    return section;
  }

  /** Whether it is held. */
  QueueHold hold() {
    return hold;
  }

  /** Its replays. */
  Replay replay() {
    return replay;
  }

  /**
   * Where the bytes of a deposit stand, from its claim to its end; nothing if somebody took them
   * out of the archive.
   *
   * @throws IOException if that cannot be known: the spool or the archive is out of reach
   */
  Optional<Path> bytes(FileId id) throws IOException {
    Optional<Path> found = find(id);
    if (found.isEmpty() && !Spool.isAt(spool.folder())) {
      throw new IOException("the spool " + spool.folder() + " is out of reach");
    }
    // Once more: it may have come back between the two looks.
    return found.isPresent() ? found : find(id);
  }

  private Optional<Path> find(FileId id) throws IOException {
    Optional<Entry> entry = spool.find(id);
    if (entry.isPresent()) {
      return Optional.of(entry.get().file());
    }
    for (Records records : List.of(resendingParts.arrived(), resendingParts.dead())) {
      Optional<Arrived> record = records.read(id).map(text -> Arrived.parse(id, text));
      if (record.isPresent() && !record.get().isRemoved()) {
        return Optional.of(record.get().archive());
      }
    }
    return Optional.empty();
  }

  /** Who has begun what. */
  Begun begun() {
    return begun;
  }

  /**
   * Whether a deposit has no end in that round. One of which nothing at all is known is open: its
   * message is all that there is of it.
   *
   * @throws IOException if that cannot be known: the spool is out of reach
   */
  private boolean isOpen(FileId id, int round) throws IOException {
    // In the order in which a file goes its way: it may move between two looks.
    if (spool.find(id).isPresent() || resendingParts.arrived().has(id)) {
      return true;
    }
    Optional<Arrived> letter =
        resendingParts.dead().read(id).map(record -> Arrived.parse(id, record));
    if (letter.isPresent()) {
      return round > letter.get().round();
    }
    if (!Spool.isAt(spool.folder())) {
      throw new IOException("the spool " + spool.folder() + " is out of reach");
    }
    LocalDate day = LedgerView.day(id);
    Booked booked = LedgerView.of(spool.folder()).read(day, id::equals).get(id);
    return booked == null || booked.end().isEmpty();
  }

  /** The folder that partners deposit into. */
  Path inbox() {
    return inbox.folder();
  }

  /** Looks at the whole inbox now. */
  void rescan() {
    partner.ifPresent(PartnerServer::rescan);
    inbox.listAll();
  }

  /** What waits here and why, while it is held or not; on any thread. */
  IngestView view(InstantSource clock, Optional<Held> held, SentBack.Queues queues) {
    SentBack sentBack = new SentBack(flux, queues);
    return IngestView.of(flux, section, departures.memory(clock), held, sentBack, partner);
  }

  /** Where the lives of its files can be read. */
  Searchable searchable() {
    return Searchable.of(flux, section);
  }

  /** Ends a check that runs: a stop of the daemon waits for none. Nothing departs after this. */
  void endChecks() {
    // In this order: without a link the turn does not go on to judge the next file.
    departures.unlinked();
    check.terminate();
  }

  // --- a reload ---

  /** Why it must not become {@code to}. */
  Optional<String> obstacle(IngestSection from, IngestSection to) throws IOException {
    Moves moves = new Moves(spool, resendingParts.arrived(), resendingParts.dead());
    Optional<String> why = moves.obstacle(from, to);
    return why.isEmpty() && partner.isPresent() ? partner.get().obstacle(to) : why;
  }

  /** Takes nothing more out of the inbox; all that was taken goes on, and is linked as before. */
  void windUp() {
    leaving = true;
    if (partner.isPresent()) {
      // What was brought is taken out of the folder here: else it would be left behind.
      partner.get().windUp();
    } else {
      takeNothingNew();
    }
    log.info(
        null,
        "draining",
        "inbox",
        section.inboxElsewhere().<Object>map(it -> it).orElse(inbox.folder()));
  }

  private void takeNothingNew() {
    watches.forEach(FolderWatcher.Watch::close);
    endBelow.run();
    departures.collectNoMore();
  }

  /** What it waits for since it winds up; nothing while it is to stay. */
  Optional<String> leaving() throws IOException {
    return leaving
        ? underWay().or(() -> Optional.of("what its workers still answer"))
        : Optional.empty();
  }

  /** What was taken and has not come to its end. */
  Optional<String> underWay() throws IOException {
    int sending = spool.count();
    int arrived = resendingParts.arrived().list().size();
    Optional<String> elsewhere = partner.isPresent() ? partner.get().underWay() : Optional.empty();
    return sending + arrived == 0
        ? elsewhere
        : Optional.of(
            sending + " files in the spool, and " + arrived + " that arrived without an outcome");
  }

  /** As {@link #close}, but a check that runs is let end, for 30 s at most. */
  void end() {
    takeNothingNew();
    // In this order: without a link the turn does not go on to judge the next file.
    departures.unlinked();
    departures.close();
    returns.end();
    close();
    log.info(null, "ended");
  }

  @Override
  public void close() {
    partner.ifPresent(PartnerServer::close);
    endChecks();
    endResending();
    hold.end();
    replay.stop();
    watches.forEach(FolderWatcher.Watch::close);
    endBelow.run();
    departures.close();
    returns.close();
  }
}
