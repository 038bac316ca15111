package fr.epiconcept.navette.flux.marks;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.NativeFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The marks of one flux on one daemon.
 *
 * <p>Where a mark stands follows from its id alone (open, or done under the day of the id), so a
 * look-up is two attempts to read a file and costs no memory, however many there are. One id is
 * written by one thread at a time: whoever handles that file.
 */
public final class Marks {
  private final Path open;
  private final Path done;

  /** The marks in {@code folder}, which is made if it is not there. */
  public Marks(Path folder) throws IOException {
    open = folder.resolve("open");
    done = folder.resolve("done");
    DurableFile.makeFolder(open);
    DurableFile.makeFolder(done);
  }

  private Marks(Path open, Path done) {
    this.open = open;
    this.done = done;
  }

  /**
   * The marks in {@code folder} for whoever only reads them; where there is no such folder, there
   * are none.
   */
  public static Marks at(Path folder) {
    return new Marks(folder.resolve("open"), folder.resolve("done"));
  }

  /** When the last step of an open mark was written, or nothing if it is not open. */
  public Optional<Instant> changed(FileId id) throws IOException {
    try {
      return Optional.of(FileIdentity.of(openFile(id)).modified().toInstant());
    } catch (NoSuchFileException closed) {
      return Optional.empty();
    }
  }

  /** Every step marked for {@code id}, oldest first; empty if nothing is known of it. */
  public List<MarkLine> read(FileId id) throws IOException {
    Optional<String> text = DurableFile.read(openFile(id));
    if (text.isEmpty()) {
      text = DurableFile.read(doneFile(id));
    }
    return text.isEmpty() ? List.of() : lines(text.get());
  }

  /** Whether the file of that id is finished with, on both sides. */
  public boolean isDone(FileId id) {
    return Files.exists(doneFile(id));
  }

  private static List<MarkLine> lines(String text) {
    List<MarkLine> lines = new ArrayList<>();
    int from = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      // What has no line end is a step that a crash cut short: it was never promised to anybody.
      MarkLine.parse(text.substring(from, end)).ifPresent(lines::add);
      from = end + 1;
    }
    return lines;
  }

  /** Adds a step; on disk when this returns. */
  public void write(FileId id, MarkLine line) throws IOException {
    Path file = openFile(id);
    boolean known = Files.exists(file);
    if (known) {
      DurableFile.dropTornLine(file);
    }
    DurableFile.append(file, line.toString(), !known);
  }

  /** Adds a step to each; all on disk when this returns. They share one sync of the folder. */
  public void writeAll(Map<FileId, MarkLine> lines) throws IOException {
    List<FileChannel> written = new ArrayList<>();
    boolean made = false;
    try {
      for (Map.Entry<FileId, MarkLine> line : lines.entrySet()) {
        Path file = openFile(line.getKey());
        boolean known = Files.exists(file);
        if (known) {
          DurableFile.dropTornLine(file);
        }
        made |= !known;
        written.add(DurableFile.appendUnsynced(file, line.getValue().toString(), !known));
      }
      // All are written before the first sync: the file system's journal takes them as one.
      for (FileChannel each : written) {
        each.force(false);
      }
    } finally {
      closeAll(written);
    }
    if (made) {
      NativeFiles.syncFolder(open);
    }
  }

  private static void closeAll(List<FileChannel> channels) throws IOException {
    IOException failure = null;
    for (FileChannel channel : channels) {
      try {
        channel.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Says that nobody will ask for {@code id} soon. Not synced: when lost, it is said again. */
  public synchronized void close(FileId id) throws IOException {
    Path to = doneFile(id);
    Files.createDirectories(to.getParent());
    try {
      Files.move(openFile(id), to, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException closedBefore) {
      // The other side may confirm twice.
      return;
    }
  }

  /** Takes a mark back among the open ones: its file has come again. */
  public void reopen(FileId id) throws IOException {
    try {
      Files.move(doneFile(id), openFile(id), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException neverClosed) {
      return;
    }
  }

  /** The ids of all open marks, in order of arrival. */
  public List<FileId> open() throws IOException {
    List<FileId> ids = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(open)) {
      for (Path file : files) {
        FileId.parse(file.getFileName().toString()).ifPresent(ids::add);
      }
    } catch (NoSuchFileException none) {
      return ids;
    }
    Collections.sort(ids);
    return ids;
  }

  /** The days in UTC of which there are closed marks; where there is no folder, none. */
  public List<LocalDate> doneDays() throws IOException {
    List<LocalDate> days = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(done)) {
      for (Path folder : folders) {
        if (isBefore(folder.getFileName().toString(), LocalDate.MAX)) {
          days.add(LocalDate.parse(folder.getFileName().toString()));
        }
      }
    } catch (NoSuchFileException none) {
      return List.of();
    }
    Collections.sort(days);
    return days;
  }

  /** The ids of the closed marks of a day, in order of arrival. */
  public List<FileId> done(LocalDate day) throws IOException {
    List<FileId> ids = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(done.resolve(day.toString()))) {
      for (Path file : files) {
        FileId.parse(file.getFileName().toString()).ifPresent(ids::add);
      }
    } catch (NoSuchFileException none) {
      return List.of();
    }
    Collections.sort(ids);
    return ids;
  }

  /**
   * Removes the marks that were closed before {@code now - keep}. Open ones stay, however old.
   *
   * <p>A file may have waited long between claim and close, so its day only tells where its mark
   * stands, and that it cannot have been closed earlier.
   *
   * @return how many marks were removed
   */
  public int expire(Instant now, Duration keep) throws IOException {
    Instant last = now.minus(keep);
    LocalDate first = LocalDate.ofInstant(last, ZoneOffset.UTC);
    int removed = 0;
    try (DirectoryStream<Path> days = Files.newDirectoryStream(done)) {
      for (Path day : days) {
        if (isBefore(day.getFileName().toString(), first)) {
          removed += removeClosedBefore(last, day);
          removeIfEmpty(day);
        }
      }
    }
    return removed;
  }

  private static boolean isBefore(String day, LocalDate first) {
    try {
      return LocalDate.parse(day).isBefore(first);
    } catch (DateTimeParseException notOurs) {
      return false;
    }
  }

  private static int removeClosedBefore(Instant last, Path day) throws IOException {
    int removed = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(day)) {
      for (Path file : files) {
        // The rename that closed it was the last change of its inode.
        if (FileIdentity.of(file).changed().toInstant().isBefore(last)) {
          Files.deleteIfExists(file);
          removed++;
        }
      }
    }
    return removed;
  }

  /** Not while a mark is being closed: it needs its day. */
  private synchronized void removeIfEmpty(Path day) throws IOException {
    try {
      Files.deleteIfExists(day);
    } catch (DirectoryNotEmptyException keptForLater) {
      return;
    }
  }

  private Path openFile(FileId id) {
    return open.resolve(id.value());
  }

  private Path doneFile(FileId id) {
    return done.resolve(LocalDate.ofInstant(id.time(), ZoneOffset.UTC).toString())
        .resolve(id.value());
  }
}
