package fr.epiconcept.navette.flux.life;

import fr.epiconcept.navette.flux.life.LogFamily.Member;
import fr.epiconcept.navette.flux.log.LogLine;
import fr.epiconcept.navette.flux.log.OneLine;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * Reads a log with all that was rotated away, the oldest first, while a daemon writes it and
 * logrotate may rename it.
 */
final class LogReader {
  private static final int MOST_RENAMES = 100;
  private static final int GZ_BUFFER = 64 * 1024;

  private final Path log;
  private final LogFamily family;
  private final Set<String> unread = new LinkedHashSet<>();
  private int files;
  private Optional<Instant> since = Optional.empty();

  LogReader(Path log) {
    this.log = log;
    family = new LogFamily(log);
  }

  /** Reads all files that were written to since {@code from}. */
  void read(Instant from, LogScan.Lines lines) throws IOException {
    Optional<FileTime> done = Optional.empty();
    for (int renames = 0; renames < MOST_RENAMES; renames++) {
      List<Member> members = list();
      if (done.isEmpty()) {
        files = members.size();
        since = first(members);
      }
      Optional<FileTime> last = readAfter(done, from, members, lines);
      if (last.isEmpty()) {
        return;
      }
      done = last;
    }
    tell(OneLine.of(log) + " is renamed again and again");
  }

  /**
   * Reads those that were written after {@code done}.
   *
   * @return if one was renamed meanwhile: when the last one that was read had been written
   */
  private Optional<FileTime> readAfter(
      Optional<FileTime> done, Instant from, List<Member> members, LogScan.Lines lines)
      throws IOException {
    FileTime last = done.orElse(FileTime.from(Instant.MIN));
    for (Member member : members) {
      boolean read = done.isPresent() && member.written().compareTo(last) <= 0;
      if (!read && !member.written().toInstant().isBefore(from)) {
        if (!read(member, lines)) {
          return Optional.of(last);
        }
      }
      last = member.written().compareTo(last) > 0 ? member.written() : last;
    }
    return Optional.empty();
  }

  private List<Member> list() {
    try {
      return family.list();
    } catch (IOException e) {
      tell(why(log.getParent(), e));
      return List.of();
    }
  }

  /** False if it is not the file any more that was listed. */
  private boolean read(Member member, LogScan.Lines lines) throws IOException {
    InputStream plain;
    try {
      plain = Files.newInputStream(member.path());
    } catch (NoSuchFileException renamed) {
      return false;
    } catch (IOException e) {
      tell(why(member.path(), e));
      return true;
    }
    // Opened first: what the path leads to now is what we have, or the log was renamed.
    try (plain) {
      if (!isStill(member)) {
        return false;
      }
      read(member, plain, lines);
    }
    return true;
  }

  private static boolean isStill(Member member) throws IOException {
    try {
      Object key = Files.readAttributes(member.path(), BasicFileAttributes.class).fileKey();
      return member.key() == null || member.key().equals(key);
    } catch (NoSuchFileException renamed) {
      return false;
    }
  }

  private void read(Member member, InputStream plain, LogScan.Lines lines) throws IOException {
    LogScan scan = new LogScan(lines);
    if (!member.isCompressed()) {
      scan.read(plain);
      return;
    }
    try (InputStream unpacked = new GZIPInputStream(plain, GZ_BUFFER)) {
      scan.read(unpacked);
    } catch (EOFException | java.util.zip.ZipException damaged) {
      tell(OneLine.of(member.path()) + " is damaged or not whole: " + damaged.getMessage());
    }
  }

  private Optional<Instant> first(List<Member> members) {
    for (Member member : members) {
      try (InputStream plain = Files.newInputStream(member.path());
          InputStream in = member.isCompressed() ? new GZIPInputStream(plain) : plain) {
        Optional<LogLine> line = LogScan.first(in);
        if (line.isPresent()) {
          return line.map(found -> found.time().toInstant());
        }
      } catch (IOException notReadable) {
        tell(why(member.path(), notReadable));
      }
    }
    return Optional.empty();
  }

  private static String why(Path path, IOException e) {
    return e instanceof AccessDeniedException
        ? OneLine.of(path) + " is not open to this user"
        : OneLine.of(path) + " cannot be read: " + e;
  }

  /** Says once that not all was looked at. */
  void tell(String why) {
    unread.add(why);
  }

  /** What could not be read, one line each. */
  List<String> unread() {
    return List.copyOf(unread);
  }

  /** How many files there are. */
  int files() {
    return files;
  }

  /** The time of the oldest line. */
  Optional<Instant> since() {
    return since;
  }
}
