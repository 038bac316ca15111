package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.ledger.Booked;
import fr.epiconcept.navette.flux.ledger.LedgerView;
import fr.epiconcept.navette.flux.log.OneLine;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.flux.spool.SpoolView;
import fr.epiconcept.navette.flux.spool.SpoolView.Kind;
import fr.epiconcept.navette.flux.view.Balance;
import fr.epiconcept.navette.flux.view.Period;
import fr.epiconcept.navette.flux.view.Unbalanced;
import fr.epiconcept.navette.ingest.Verdict.Heading;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Balances the books of a flux on the file server: for each file that it was given, is it where the
 * books say? Reads only, a day at a time, while the daemon works or is down.
 *
 * <p>Files move meanwhile. What does not fit is looked at again after a moment, and only what does
 * not fit in three looks is named.
 */
public final class Balancing {
  private static final int LOOKS = 3;

  private final FluxName flux;
  private final IngestSection section;
  private final Optional<Queued.Look> queues;
  private final Rest rest;
  private final InstantSource clock;
  private final ZoneId zone;

  // Of one balance.
  private final Map<Heading, Long> counts = new EnumMap<>(Heading.class);
  private long unbooked;
  private long purged;
  private Optional<Queued> queued = Optional.empty();
  private Judge judge;

  /** Lets a moment pass between two looks. */
  @FunctionalInterface
  public interface Rest {
    void rest() throws InterruptedException;
  }

  /** Takes the files of the remainder as they are found. */
  @FunctionalInterface
  public interface Remainder {
    void file(Unbalanced file) throws IOException;
  }

  Balancing(
      FluxName flux,
      IngestSection section,
      Optional<Queued.Look> queues,
      Rest rest,
      InstantSource clock,
      ZoneId zone) {
    this.zone = zone;
    this.flux = flux;
    this.section = section;
    this.queues = queues;
    this.rest = rest;
    this.clock = clock;
  }

  /** Without a broker that could be asked: from the disk alone. */
  public static Balancing fromDisk(
      FluxName flux, IngestSection section, Rest rest, InstantSource clock) {
    return new Balancing(flux, section, Optional.empty(), rest, clock, ZoneId.systemDefault());
  }

  /**
   * Balances. To be called once.
   *
   * @param asked whose files; what is claimed from now on is not among them
   * @param deep whether the bytes in the archive are compared with those that were published
   * @throws IOException if a folder cannot be read; nothing is known then
   */
  public Balance balance(Period asked, boolean deep, Remainder remainder)
      throws IOException, InterruptedException {
    // Not there, or not open to us: an empty one would balance.
    FileIdentity.of(section.spool());
    Period period = asked.until(now());
    judge = new Judge(flux, section, zone, new KeptFiles(section.archive()).oldest(), deep);
    lookAtQueues();
    for (LocalDate day : days(period)) {
      balance(day, period, remainder);
    }
    return sum(period);
  }

  /** Not before what the books have already, whatever became of the clock since. */
  private Instant now() throws IOException {
    Instant now = clock.instant();
    return LedgerView.of(section.spool())
        .newest()
        .map(newest -> newest.time().plusMillis(1))
        .filter(now::isBefore)
        .orElse(now);
  }

  private void lookAtQueues() throws IOException {
    queued = queues.isPresent() ? Optional.of(queues.get().now()) : Optional.empty();
  }

  /** Those of the books, and those of whatever is under way without being in them. */
  private Set<LocalDate> days(Period period) throws IOException {
    NavigableSet<LocalDate> days = new TreeSet<>(LedgerView.of(section.spool()).days());
    SpoolView spool = new SpoolView(section.spool());
    for (State state : State.values()) {
      for (Path own : spool.list(state)) {
        days.add(LedgerView.day(SpoolView.id(own)));
      }
    }
    for (Kind kind : Kind.values()) {
      spool.records(kind).forEach(id -> days.add(LedgerView.day(id)));
    }
    days.removeIf(day -> !period.touches(day));
    return days;
  }

  private void balance(LocalDate day, Period period, Remainder remainder)
      throws IOException, InterruptedException {
    Predicate<FileId> wanted = id -> LedgerView.day(id).equals(day) && period.has(id);
    Map<FileId, Finding> doubtful = look(day, wanted);
    for (int n = 1; n < LOOKS && !doubtful.isEmpty(); n++) {
      rest.rest();
      lookAtQueues();
      doubtful = look(day, doubtful::containsKey);
    }
    for (Finding finding : doubtful.values()) {
      count(finding);
      remainder.file(finding.named(flux));
    }
  }

  /** A file with what the books say and what was found. */
  private record Finding(Booked books, boolean inNoBook, Verdict verdict) {
    Unbalanced named(FluxName flux) {
      Verdict.Fault fault = verdict.fault().orElseThrow();
      return new Unbalanced(
          flux,
          books.id(),
          books.name().map(OneLine::of).orElse("?"),
          books.bytes(),
          fault.what(),
          fault.then());
    }
  }

  /** Counts what is as it should be; gives the rest back. */
  private Map<FileId, Finding> look(LocalDate day, Predicate<FileId> wanted) throws IOException {
    DayOnDisk disk = DayOnDisk.read(section, zone, day, wanted);
    // The books last: an end stands in them before its traces go.
    Map<FileId, Booked> books = LedgerView.of(section.spool()).read(day, wanted);
    Set<FileId> ids = disk.ids();
    ids.addAll(books.keySet());
    Map<FileId, Finding> doubtful = new TreeMap<>();
    for (FileId id : ids) {
      Optional<Booked> booked = Optional.ofNullable(books.get(id));
      Verdict verdict = judge.judge(id, booked, disk.of(id), queued);
      Finding finding = new Finding(booked.orElse(Booked.unknown(id)), booked.isEmpty(), verdict);
      if (verdict.isFault()) {
        doubtful.put(id, finding);
      } else {
        count(finding);
      }
    }
    return doubtful;
  }

  private void count(Finding finding) {
    counts.merge(finding.verdict().heading(), 1L, Long::sum);
    unbooked += finding.inNoBook() ? 1 : 0;
    purged += finding.verdict().purged() ? 1 : 0;
  }

  private Balance sum(Period period) {
    return new Balance(
        flux,
        period.from(),
        period.to().orElseThrow(),
        counts.values().stream().mapToLong(Long::longValue).sum(),
        count(Heading.PROCESSED),
        count(Heading.QUARANTINED),
        count(Heading.DEAD),
        count(Heading.WAITING),
        count(Heading.REPLAYED),
        count(Heading.REMAINDER),
        unbooked,
        purged,
        queues.isPresent());
  }

  private long count(Heading heading) {
    return counts.getOrDefault(heading, 0L);
  }
}
