package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.ledger.Booked;
import fr.epiconcept.navette.flux.ledger.End;
import fr.epiconcept.navette.flux.ledger.Ledger;
import fr.epiconcept.navette.flux.ledger.LedgerView;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.spool.Entry;
import fr.epiconcept.navette.flux.spool.Records;
import fr.epiconcept.navette.flux.spool.Repeats;
import fr.epiconcept.navette.flux.view.Replayed;
import fr.epiconcept.navette.ingest.ReplayPlan.Chosen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import javax.jms.Connection;
import javax.jms.JMSException;

/**
 * Has one file processed once more: its bytes go from the archive into the spool under an id of
 * their own. One file at a time.
 *
 * <p>A dead letter leaves the dead letters by that, and neither may get lost nor be processed
 * twice, whatever dies meanwhile. Each step is on disk before the next:
 *
 * <ol>
 *   <li>a copy in the spool that nobody sees yet;
 *   <li>the dead record says {@code replayed-as} which id: from here on it will be done;
 *   <li>the letter is taken out of its queue. Whoever has it has the file: if somebody else was
 *       quicker (the stock command line sent it back), the two steps before are undone;
 *   <li>the copy gets its name, and goes its way;
 *   <li>the dead record is removed.
 * </ol>
 *
 * <p>After a crash {@link #finish} does the rest for each record that says {@code replayed-as}, and
 * throws other copies that nobody sees away.
 */
final class Repeating {
  private static final String NO_LINK =
      "the broker cannot be reached, and it has the letter; try again later";

  private final FluxName flux;
  private final Repeats repeats;
  private final Records arrived;
  private final Records dead;
  private final Repeated repeated;
  private final Ledger ledger;
  private final LedgerView books;
  private final Letters letters;
  private final Machinery machinery;
  private final FluxLog log;

  /** Where a crash leaves something different behind; each is reached after what its name says. */
  enum Point {
    PREPARED,
    MARKED,
    TAKEN,
    ADMITTED,
    REMOVED
  }

  /**
   * What it works with.
   *
   * @param connection the link of the moment
   * @param queued what the broker has
   * @param roomFor whether the spool's disk has room for so many more bytes
   * @param sends is given the folder of what is to be sent
   * @param faults is told of each point; does nothing but in tests
   */
  record Machinery(
      FileIds ids,
      Supplier<Optional<Connection>> connection,
      Queued.Look queued,
      LongPredicate roomFor,
      Consumer<Path> sends,
      Consumer<Point> faults) {}

  Repeating(
      FluxName flux,
      Repeats repeats,
      Records arrived,
      Records dead,
      Repeated repeated,
      Ledger ledger,
      LedgerView books,
      Machinery machinery,
      FluxLog log) {
    this.flux = flux;
    this.repeats = repeats;
    this.arrived = arrived;
    this.dead = dead;
    this.repeated = repeated;
    this.ledger = ledger;
    this.books = books;
    this.letters = new Letters(flux);
    this.machinery = machinery;
    this.log = log;
  }

  /**
   * Repeats a file that can be repeated.
   *
   * @return what became of it; one that cannot be repeated is said there and keeps no other
   * @throws Refusal if none can be repeated now
   * @throws IOException if the spool fails: what was begun is finished at the next start
   */
  synchronized Replayed repeat(Chosen chosen, String by) throws Refusal, IOException, JMSException {
    Copy copy;
    try {
      copy = copy(chosen);
    } catch (IOException e) {
      return cannotCopy(chosen, e);
    }
    repeated.note(copy.entry().id(), chosen.first());
    reached(Point.PREPARED);
    Optional<String> problem =
        chosen.dead() ? takeLetter(chosen.id(), copy.entry()) : Optional.empty();
    if (problem.isPresent()) {
      repeats.discard(copy.entry());
      return chosen.shown(Optional.empty(), problem);
    }
    tell(chosen, copy, by);
    admit(chosen.id(), copy.entry(), copy.looks().size(), chosen.dead());
    return chosen.shown(Optional.of(copy.entry().id()), Optional.empty());
  }

  private record Copy(Entry entry, FileIdentity looks) {}

  private Copy copy(Chosen chosen) throws Refusal, IOException {
    FileIdentity looks = FileIdentity.of(chosen.file().orElseThrow());
    requireRoom(looks.size());
    Entry entry =
        repeats.prepare(
            chosen.file().get(),
            chosen.name().orElseThrow(),
            machinery.ids().next(),
            chosen.first());
    return new Copy(entry, looks);
  }

  private static Replayed cannotCopy(Chosen chosen, IOException cause) {
    return chosen.shown(Optional.empty(), Optional.of("cannot be copied: " + cause));
  }

  // --- what the broker has lost ---

  /**
   * Whether a file of the archive is stuck: it has not ended well, and the broker has neither its
   * message nor its outcome, nor a letter that goes with a record. Its end will never come by
   * itself.
   */
  boolean isLost(Chosen chosen) throws IOException {
    FileId id = chosen.id();
    if (chosen.file().isEmpty()) {
      return false;
    }
    Queued broker = machinery.queued().now();
    // The records after the queues: what ends meanwhile leaves its record before its message.
    if (broker.isUnderWay(id)) {
      return false;
    }
    if (arrived.has(id)) {
      return true;
    }
    if (dead.has(id)) {
      return chosen.problem().isPresent() || !broker.hasLetter(id);
    }
    Optional<Booked> booked =
        Optional.ofNullable(books.read(LedgerView.day(id), id::equals).get(id));
    return booked.isPresent() && !booked.get().isOver();
  }

  /**
   * Repeats a file of which {@link #isLost} is true, and forgets the lost one. A crash in between
   * leaves its record too: then it is still named by {@code balance}, and not lost.
   */
  synchronized Replayed repeatLost(Chosen chosen, String by)
      throws Refusal, IOException, JMSException {
    Copy copy;
    try {
      copy = copy(chosen);
    } catch (IOException e) {
      return cannotCopy(chosen, e);
    }
    FileId id = chosen.id();
    repeated.note(copy.entry().id(), chosen.first());
    Optional<Connection> connection = machinery.connection().get();
    if (connection.isEmpty()) {
      repeats.discard(copy.entry());
      return chosen.shown(Optional.empty(), Optional.of(NO_LINK));
    }
    // One whose record is gone or damaged may have its letter all the same.
    letters.take(connection.get(), id);
    tell(chosen, copy, by);
    ledger.claimed(copy.entry(), copy.looks().size());
    repeats.admit(copy.entry());
    ledger.ended(id, End.REPLAYED);
    arrived.remove(id);
    arrived.sync();
    dead.remove(id);
    dead.sync();
    machinery.sends().accept(copy.entry().folder());
    return chosen.shown(Optional.of(copy.entry().id()), Optional.empty());
  }

  private void requireRoom(long bytes) throws Refusal {
    if (!machinery.roomFor().test(bytes)) {
      throw new Refusal(
          "the disk of the spool of "
              + flux
              + " has no room for the next file ("
              + bytes
              + " bytes, and the reserve); make room and start again for the rest");
    }
  }

  /** Why the letter cannot be had, or nothing: then the file is ours and the record says so. */
  private Optional<String> takeLetter(FileId id, Entry entry) throws IOException, JMSException {
    Optional<Connection> connection = machinery.connection().get();
    if (connection.isEmpty()) {
      return Optional.of(NO_LINK);
    }
    if (!mark(id, Optional.of(entry.id()))) {
      return Optional.of("it is no dead letter any more");
    }
    reached(Point.MARKED);
    if (!letters.take(connection.get(), id)) {
      mark(id, Optional.empty());
      return Optional.of(
          "its letter is not in flux."
              + flux
              + ".dead: somebody sent it back by hand, has it in hand, or removed it (if so, --id"
              + " "
              + id
              + " replays it)");
    }
    reached(Point.TAKEN);
    return Optional.empty();
  }

  private boolean mark(FileId id, Optional<FileId> as) throws IOException {
    boolean marked = dead.change(id, record -> Arrived.parse(id, record).replayedAs(as).spelled());
    dead.sync();
    return marked;
  }

  private void admit(FileId id, Entry entry, long bytes, boolean isDead) throws IOException {
    ledger.claimed(entry, bytes);
    repeats.admit(entry);
    reached(Point.ADMITTED);
    if (isDead) {
      ledger.ended(id, End.REPLAYED);
      dead.remove(id);
      dead.sync();
      reached(Point.REMOVED);
    }
    machinery.sends().accept(entry.folder());
  }

  private void tell(Chosen chosen, Copy copy, String by) {
    Entry entry = copy.entry();
    FileIdentity looks = copy.looks();
    log.info(chosen.id(), "replayed", "as", entry.id(), "by", by);
    log.info(
        entry.id(),
        "replay",
        "name",
        entry.path(),
        "bytes",
        looks.size(),
        "modified",
        looks.modified().toInstant(),
        "replay-of",
        chosen.first(),
        "by",
        by);
  }

  private void reached(Point point) {
    machinery.faults().accept(point);
  }

  /**
   * Finishes what a crash, or a broker that did not answer, left half done. Before the spool is
   * sent, and after the letters that a new broker lacks were made anew.
   *
   * @throws JMSException if the broker does not answer: to be called again
   */
  synchronized void finish() throws IOException, JMSException {
    Set<FileId> begun = new HashSet<>();
    boolean allRead = true;
    for (FileId id : dead.list()) {
      Optional<Arrived> record;
      try {
        record = dead.read(id).map(text -> Arrived.parse(id, text));
      } catch (RuntimeException damaged) {
        // Told by `navette balance`; the others go on.
        allRead = false;
        continue;
      }
      Optional<FileId> as = record.flatMap(Arrived::replayedAs);
      if (as.isPresent()) {
        begun.add(as.get());
        finish(record.get(), as.get());
      }
    }
    // One that is damaged may have begun: whose copy that is cannot be known then.
    for (FileId left : allRead ? repeats.left() : List.<FileId>of()) {
      if (!begun.contains(left)) {
        repeats.discard(left);
      }
    }
  }

  private void finish(Arrived record, FileId as) throws IOException, JMSException {
    Optional<Connection> connection = machinery.connection().get();
    if (connection.isEmpty()) {
      throw new JMSException("the link is down");
    }
    // Gone already, most likely. That somebody sent it back in the very moment of the crash, and
    // that it is processed twice by this, is the one thing that cannot be told apart.
    letters.take(connection.get(), record.id());
    Entry entry =
        repeats.entry(record.name(), as, repeated.read().getOrDefault(as, record.first()));
    boolean prepared = repeats.isPrepared(entry);
    admit(record.id(), entry, record.size(), true);
    if (prepared) {
      // Told before the crash, perhaps: rather twice than never.
      log.info(record.id(), "replayed", "as", as, "by", "begun before a restart");
    }
  }
}
