package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.message.CorruptPayload;
import fr.epiconcept.navette.broker.message.Messages;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.SeveralWorkers;
import fr.epiconcept.navette.flux.file.Branch;
import fr.epiconcept.navette.flux.file.Hashing;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.flux.landing.Landing;
import fr.epiconcept.navette.flux.landing.Landing.Begun;
import fr.epiconcept.navette.flux.landing.Landing.Landed;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.worker.Progress.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.jms.Message;

/**
 * The way of deposits on the processing server, stage by stage: receive, land, receipt, run, put
 * away, settle. An {@link Intake} goes through the stages, several deposits in each at once.
 *
 * <p>Each stage leaves a durable mark before the next one begins, so a delivery that comes again
 * enters where the last one was cut: it never stores a stored file, never runs a finished script.
 */
final class Processing {
  /** How long a fault of the machine (disk full, no right) rests before the next try. */
  private static final Duration AFTER_FAULT = Duration.ofSeconds(5);

  /** After so many deliveries with wrong bytes it is not the link that spoils them. */
  private static final int MOST_CORRUPT = 3;

  private final Landing landing;
  private final FetchedFile.Source large;
  private final Marks marks;
  private final Runs runs;
  private final Others others;
  private final Answers answers;
  private final Optional<KeptFolder> archive;
  private final FluxLog log;
  private final Checkpoint checkpoint;

  /** How often the bytes of a deposit came wrong. */
  private final Map<FileId, Integer> corrupt = new ConcurrentHashMap<>();

  /**
   * The processing of one flux.
   *
   * @param large where the bytes are that are not in the messages
   * @param archive where a file goes when its script has ended; empty: the script took care of it
   */
  Processing(
      Landing landing,
      FetchedFile.Source large,
      Marks marks,
      Runs runs,
      Others others,
      Answers answers,
      Optional<KeptFolder> archive,
      FluxLog log,
      Checkpoint checkpoint) {
    this.landing = landing;
    this.large = large;
    this.marks = marks;
    this.runs = runs;
    this.others = others;
    this.answers = answers;
    this.archive = archive;
    this.log = log;
    this.checkpoint = checkpoint;
  }

  /** What a delivery gives to the way of its file. */
  interface Delivery {
    /** Tells the file server that the deposit is whole and durable here. */
    void receipt(Deposit deposit) throws InterruptedException;

    /** Waits; false if the delivery ended meanwhile (stop, link lost) and work must not go on. */
    boolean rest(Duration duration) throws InterruptedException;

    /** Whether it has ended. */
    boolean isOver();
  }

  // --- receive ---

  /**
   * Takes a deposit into hand: its bytes stand under a hidden name, unless an earlier delivery has
   * landed it.
   *
   * @throws CorruptPayload if they are not what was promised; see {@link #corrupt}
   */
  InHand receive(Deposit deposit, Message message, Delivery delivery) throws IOException {
    checkpoint.reached(Step.RECEIVING, deposit.id());
    InHand inHand = new InHand(deposit, message, recall(deposit));
    if (inHand.end().isEmpty()) {
      store(inHand, delivery);
    } else {
      Messages.skipPayload(message);
    }
    return inHand;
  }

  /**
   * The file server has the true bytes: it is asked for them again, then told to give up. That is
   * an end like any other, but for the run: marked, so that a redelivery tells the same.
   *
   * @return nothing if they shall come again
   */
  Optional<InHand> corrupt(Deposit deposit, Message message, CorruptPayload fault)
      throws IOException, InterruptedException {
    FileId id = deposit.id();
    log.error(id, "corrupt", "reason", fault.getMessage());
    if (corrupt.merge(id, 1, Integer::sum) < MOST_CORRUPT) {
      return Optional.empty();
    }
    InHand givenUp = new InHand(deposit, message, recall(deposit));
    givenUp.ended(runs.withoutRun(id, "corrupt: " + fault.getMessage()));
    corrupt.remove(id);
    return Optional.of(givenUp);
  }

  /** What is known of the deposit; a later round begins anew. */
  private Progress recall(Deposit deposit) throws IOException {
    FileId id = deposit.id();
    if (marks.isDone(id)) {
      marks.reopen(id);
    }
    Progress progress = Progress.of(marks.read(id));
    // A later round may be the first that this worker sees: another had the file, or its mark is
    // too old. Without this line its end would be told as that of the first round, and never held.
    if (deposit.round() > Math.max(progress.round(), 1)) {
      marks.write(id, Progress.again(deposit.round()));
      progress = Progress.of(marks.read(id));
    }
    return progress;
  }

  private void store(InHand inHand, Delivery delivery) throws IOException {
    Deposit deposit = inHand.deposit();
    Begun begun =
        deposit.fetched().isPresent()
            ? fetch(inHand, deposit.fetched().get(), delivery)
            : save(inHand);
    if (begun instanceof Begun.Written) {
      return;
    }
    Landed.At at = (Landed.At) ((Begun.Ended) begun).landed();
    if (at.stands()) {
      Messages.skipPayload(inHand.message());
      if (inHand.progress().untold()) {
        // The crash may have come after the line: said twice is better than never.
        sayReceived(deposit, at.path(), HexFormat.of().formatHex(Hashing.sha256(at.path())));
        marks.write(deposit.id(), Progress.received());
      }
      inHand.landed(at.path());
      return;
    }
    // An interrupted run had taken it away; the run that repeats it needs it once more.
    log.warn(
        deposit.id(),
        "stored-again",
        "reason",
        "an interrupted run had taken it",
        "path",
        at.path());
    marks.write(deposit.id(), Progress.again(deposit.round()));
    store(inHand, delivery);
  }

  private Begun save(InHand inHand) throws IOException {
    Deposit deposit = inHand.deposit();
    String[] sha256 = new String[1];
    Begun begun =
        landing.begin(
            deposit.id(),
            deposit.path(),
            deposit.modified(),
            out -> sha256[0] = Messages.savePayload(inHand.message(), deposit.size(), out));
    if (begun instanceof Begun.Written written) {
      inHand.written(written, sha256[0]);
    }
    return begun;
  }

  private Begun fetch(InHand inHand, String sha256, Delivery delivery) throws IOException {
    Deposit deposit = inHand.deposit();
    Begun begun =
        landing.beginInPieces(
            deposit.id(),
            deposit.path(),
            deposit.modified(),
            new FetchedFile(deposit, sha256, large, delivery::isOver, log));
    if (begun instanceof Begun.Written written) {
      inHand.written(written, sha256);
    }
    return begun;
  }

  /** Whether what the script left of it was surely taken. */
  boolean areAnswersTaken(FileId id) {
    return answers.areTaken(id);
  }

  /**
   * Its run counts no more; the archive keeps the file for whoever wants to see what the run did to
   * it. Without an archive it stays where it is.
   */
  void leaveToPeople(FileId id) throws IOException {
    putAway(id);
    answers.discardAll(id);
    marks.close(id);
  }

  /** Of which deposits half a file stands here, hidden, and nothing else. */
  List<FileId> halves() throws IOException {
    return landing.halves();
  }

  void dropHalf(FileId id) throws IOException {
    landing.dropHalf(id);
  }

  // --- land ---

  /**
   * Puts those in place whose bytes have come. On disk when this returns, but for those that still
   * are {@code written}: the first of them met a fault, the others were not tried.
   *
   * @return the fault
   */
  Optional<IOException> land(List<InHand> inHand) {
    List<InHand> comes = inHand.stream().filter(each -> each.written().isPresent()).toList();
    if (comes.isEmpty()) {
      return Optional.empty();
    }
    Landing.Group group =
        landing.finish(comes.stream().map(each -> each.written().orElseThrow()).toList());
    for (int i = 0; i < group.landed().size(); i++) {
      InHand each = comes.get(i);
      Path place = ((Landed.At) group.landed().get(i)).path();
      each.landed(place);
      sayReceived(each.deposit(), place, each.sha256());
    }
    return group.fault();
  }

  private void sayReceived(Deposit deposit, Path path, String sha256) {
    log.info(
        deposit.id(),
        "received",
        "name",
        deposit.path(),
        "bytes",
        deposit.size(),
        "sha256",
        sha256,
        "to",
        path,
        "replay-of",
        deposit.replayOf().orElse(null));
  }

  // --- receipt ---

  /** Tells the file server that it is here. What never ran may never have been whole. */
  void receipted(InHand inHand, Delivery delivery) throws InterruptedException {
    if (inHand.end().isEmpty()) {
      delivery.receipt(inHand.deposit());
      checkpoint.reached(Step.RECEIPTED, inHand.id());
    } else if (inHand.end().get().attempts() > 0) {
      delivery.receipt(inHand.deposit());
    }
  }

  // --- run ---

  /**
   * The runs that it needs.
   *
   * @param wake is called when an answer has come that {@link Runs.Course#ask} waits for; must
   *     return at once
   */
  Runs.Course runs(InHand inHand, Runnable wake) {
    Leave.Asking asking =
        inHand.isShared() ? others.about(inHand.deposit(), wake) : Leave.NOBODY_ASKED;
    return runs.course(inHand.deposit(), inHand.file().orElseThrow(), inHand.progress(), asking);
  }

  /** Another worker has brought it to its end; {@code by} is empty if nobody knows which. */
  void endedElsewhere(InHand inHand, String by) throws IOException {
    log.info(
        inHand.id(), "ended-elsewhere", "by", by.isEmpty() ? null : by, "then", "not run here");
    forget(inHand.id());
    inHand.endedElsewhere();
  }

  /** How the workers of its flux share it. */
  void shared(InHand inHand, Optional<SeveralWorkers.Mode> several) throws IOException {
    inHand.sharedBy(several);
    if (several.isPresent()) {
      others.seen();
    }
  }

  /** Whether there ever were other workers. */
  boolean hasOthers() {
    return others.areThere();
  }

  /** Removes what is here of a deposit that another worker has brought to its end. */
  void forget(FileId id) throws IOException {
    Optional<Path> copy = landing.landedBefore(id);
    if (copy.isPresent()) {
      Files.deleteIfExists(copy.get());
    }
    answers.discardAll(id);
    marks.close(id);
  }

  // --- put away ---

  /**
   * Moves those that have their ends to the archive. A faulty archive never leads back to the
   * script: the ends are marked, so only the move is tried.
   *
   * @return false if the delivery ended before all were moved
   */
  boolean putAway(List<InHand> ended, Delivery delivery) throws IOException, InterruptedException {
    if (archive.isEmpty()) {
      return true;
    }
    Map<InHand, Path> stored = new LinkedHashMap<>();
    for (InHand each : ended) {
      landing.landedBefore(each.id()).ifPresent(path -> stored.put(each, path));
    }
    String complaint = "";
    while (!stored.isEmpty()) {
      try {
        putAway(stored);
        return true;
      } catch (IOException e) {
        if (!complaint.equals(e.toString())) {
          complaint = e.toString();
          FileId first = stored.keySet().iterator().next().id();
          log.error(first, "suspended", "reason", complaint, "again-in", AFTER_FAULT);
        }
        if (!delivery.rest(AFTER_FAULT)) {
          return false;
        }
      }
    }
    return true;
  }

  /** The same of one whose message is not here, nor its first name. */
  void putAway(FileId id) throws IOException {
    Optional<Path> stored = landing.landedBefore(id);
    if (archive.isPresent() && stored.isPresent()) {
      TreeName name = landing.nameOf(id).orElseThrow();
      Optional<Path> place = keep(id, name, FileName.of(stored.get()));
      archive.get().sync(archive.get().day(id));
      place.ifPresent(path -> log.info(id, "archived", "to", path));
    }
  }

  private void putAway(Map<InHand, Path> stored) throws IOException {
    Map<InHand, Optional<Path>> places = new LinkedHashMap<>();
    Set<Path> days = new LinkedHashSet<>();
    for (Map.Entry<InHand, Path> each : stored.entrySet()) {
      Deposit deposit = each.getKey().deposit();
      Optional<Path> place = keep(deposit.id(), deposit.path(), FileName.of(each.getValue()));
      places.put(each.getKey(), place);
      place.ifPresent(kept -> days.add(archive.get().day(deposit.id())));
    }
    for (Path day : days) {
      archive.get().sync(day);
    }
    places.forEach(
        (each, place) ->
            log.info(
                each.id(),
                "archived",
                "bytes",
                each.deposit().size(),
                "to",
                place.isPresent() ? place.get() : "nowhere: the script had taken it"));
  }

  /** By its path a link could have it taken out of another folder. */
  private Optional<Path> keep(FileId id, TreeName name, FileName stored) throws IOException {
    KeptFolder to = archive.orElseThrow();
    Optional<Branch> found = landing.folderOf(id);
    if (found.isEmpty()) {
      // Its script took it along with its folder; or a crash came after the move.
      Path place = to.place(id, name);
      return Optional.of(place).filter(Files::exists);
    }
    try (Branch folder = found.get()) {
      return to.keep(stored.in(folder.path()), id, name);
    } catch (IOException e) {
      throw found.get().named(e);
    }
  }

  // --- settle ---

  /**
   * The answers of the run that counts. What a run left that nobody saw the end of may be half of
   * it, and its file is left to people.
   */
  List<Entry> collect(InHand ended) throws IOException {
    return collect(ended.id(), ended.progress(), ended.end().orElseThrow());
  }

  /** The same of a deposit whose message is not here. */
  List<Entry> collect(FileId id, Progress progress, Finished end) throws IOException {
    if (end.result() == Result.INTERRUPTED) {
      answers.discardAll(id);
      return List.of();
    }
    return answers.collect(progress.attempt(id, end.attempts()));
  }
}
