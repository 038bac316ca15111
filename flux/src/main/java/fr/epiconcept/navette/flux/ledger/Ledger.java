package fr.epiconcept.navette.flux.ledger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.marks.MarkLine;
import fr.epiconcept.navette.flux.spool.Entry;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Writes the books of a flux: {@code <spool>/ledger/<day>}, a line an event, the day being that of
 * the file's id in UTC.
 *
 * <p>No call throws, for no file waits for its line: while the disk is full, lines are kept in
 * memory and written later. Nothing is synced: a kill loses no line that was written, a power cut
 * may lose the last ones. A line may be there twice. Safe for several threads.
 */
public final class Ledger {
  static final String CLAIMED = "claimed";
  static final String SENT = "sent";
  static final String ENDED = "ended";

  /** Lines kept while none can be written, some 200 bytes each; further ones are lost. */
  private static final int MOST_OWED = 10_000;

  private final Path folder;
  private final FluxLog log;

  // Guarded by this.
  private final Deque<Line> owed = new ArrayDeque<>();
  private long lost;
  private boolean outage;
  private final Set<LocalDate> whole = new HashSet<>();

  private record Line(LocalDate day, String text) {}

  /** The books beside the files in {@code spool}; nothing is made before the first line. */
  public Ledger(Path spool, FluxLog log) {
    this.folder = folder(spool);
    this.log = log;
  }

  static Path folder(Path spool) {
    return spool.resolve("ledger");
  }

  /** A file has its id, and stands in the spool. */
  public void claimed(Entry entry, long bytes) {
    claimed(entry.id(), entry.path(), bytes, entry.related());
  }

  /** As {@link #claimed(Entry, long)}, of one that has left the spool since. */
  public void claimed(FileId id, TreeName name, long bytes, Optional<FileId> replayOf) {
    write(
        id,
        MarkLine.of(
            CLAIMED,
            "id",
            id,
            "bytes",
            bytes,
            "name",
            name.name().encoded(),
            "sub",
            name.folder().isTop() ? null : name.folder().encoded(),
            "replay-of",
            replayOf.orElse(null)));
  }

  /** The broker has it: from now on these are its bytes. */
  public void sent(FileId id, long bytes, String sha256) {
    write(id, MarkLine.of(SENT, "id", id, "bytes", bytes, "sha256", sha256));
  }

  /** It has ended. To be called before what leads to a second end is removed. */
  public void ended(FileId id, End end) {
    write(id, MarkLine.of(ENDED, "id", id, "as", end.spelled()));
  }

  private synchronized void write(FileId id, MarkLine line) {
    if (owed.size() < MOST_OWED) {
      owed.add(new Line(LedgerView.day(id), line + "\n"));
    } else {
      lost++;
    }
    try {
      while (!owed.isEmpty()) {
        append(owed.peek());
        owed.poll();
      }
    } catch (IOException e) {
      failed(e);
      return;
    }
    if (outage) {
      log.info(null, "ledger-goes-on", "lost", lost);
      outage = false;
      lost = 0;
    }
  }

  private void failed(IOException cause) {
    if (!outage) {
      outage = true;
      log.error(
          null,
          "ledger-not-written",
          "reason",
          cause.toString(),
          "then",
          "files go on; tried again with each event");
    }
  }

  private void append(Line line) throws IOException {
    Path file = folder.resolve(line.day().toString());
    if (!whole.remove(line.day())) {
      // The first line of this run, or the first after a fault.
      if (!Files.isDirectory(folder.getParent())) {
        // A spool that is away for a while is not made anew: its own will come back in its place.
        throw new NoSuchFileException(folder.getParent().toString());
      }
      DurableFile.makeFolder(folder);
      if (Files.exists(file)) {
        DurableFile.dropTornLine(file);
      }
    }
    // A file stream: a channel is closed when its thread is interrupted, as happens at a stop.
    try (OutputStream out = new FileOutputStream(file.toFile(), true)) {
      out.write(line.text().getBytes(StandardCharsets.US_ASCII));
    }
    whole.add(line.day());
  }

  /**
   * Takes the books of an empty spool along to another one, behind what that has: a line may be
   * there twice. May be called again after a crash.
   *
   * @return how many days were taken
   */
  public static int take(Path fromSpool, Path toSpool) throws IOException {
    Path from = folder(fromSpool);
    Path to = folder(toSpool);
    DurableFile.makeFolder(to);
    Set<LocalDate> days = new LedgerView(from).days();
    for (LocalDate day : days) {
      Path there = to.resolve(day.toString());
      String old = Files.exists(there) ? Files.readString(there, ISO_8859_1) : "";
      // Our lines are ASCII; a torn one must not become one with the next.
      String end = old.isEmpty() || old.endsWith("\n") ? "" : "\n";
      DurableFile.replace(
          there, old + end + Files.readString(from.resolve(day.toString()), ISO_8859_1));
    }
    return days.size();
  }

  /**
   * Removes the days that ended before {@code now - keep}, unless one of their files has not come
   * to its end, or is a dead letter.
   *
   * @return how many days were removed
   */
  public int expire(Instant now, Duration keep) throws IOException {
    LedgerView view = new LedgerView(folder);
    LocalDate first = LocalDate.ofInstant(now.minus(keep), ZoneOffset.UTC);
    int removed = 0;
    for (LocalDate day : view.days().headSet(first, false)) {
      if (isOver(view, day)) {
        synchronized (this) {
          whole.remove(day);
          Files.deleteIfExists(folder.resolve(day.toString()));
        }
        removed++;
      }
    }
    return removed;
  }

  private static boolean isOver(LedgerView view, LocalDate day) throws IOException {
    return view.read(day, id -> true).values().stream().allMatch(Booked::isOver);
  }
}
