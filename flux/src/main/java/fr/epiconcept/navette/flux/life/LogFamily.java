package fr.epiconcept.navette.flux.life;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A log and what logrotate made of it: {@code labo.log.1}, {@code labo.log.2.gz}, {@code
 * labo.log-20261123}, {@code labo.log-20261123.gz}.
 */
final class LogFamily {
  private static final Pattern ROTATED = Pattern.compile("[.-][0-9][0-9._-]*(\\.gz)?");
  private static final String GZ = ".gz";

  private final Path log;

  LogFamily(Path log) {
    this.log = log;
  }

  /**
   * One of its files.
   *
   * @param key which file it is, whatever it is called by now
   * @param written when its last line was; a compressed file keeps the time of the one it was made
   *     of
   */
  record Member(Path path, Object key, FileTime written, long size) {
    boolean isCompressed() {
      return path.toString().endsWith(GZ);
    }
  }

  /** Those that are there, the oldest first. */
  List<Member> list() throws IOException {
    List<Member> members = new ArrayList<>();
    String name = log.getFileName().toString();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(log.getParent())) {
      for (Path file : files) {
        String each = file.getFileName().toString();
        if (each.equals(name)
            || (each.startsWith(name)
                && ROTATED.matcher(each.substring(name.length())).matches())) {
          add(file, members);
        }
      }
    } catch (NoSuchFileException | NotDirectoryException none) {
      return members;
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    dropHalfCompressed(members);
    members.sort(
        Comparator.comparing(Member::written)
            .thenComparing(member -> member.path().equals(log))
            .thenComparing(member -> member.path().toString()));
    return members;
  }

  private static void add(Path file, List<Member> members) throws IOException {
    try {
      BasicFileAttributes looks = Files.readAttributes(file, BasicFileAttributes.class);
      if (looks.isRegularFile()) {
        members.add(new Member(file, looks.fileKey(), looks.lastModifiedTime(), looks.size()));
      }
    } catch (NoSuchFileException renamedMeanwhile) {
      return;
    }
  }

  /** As long as gzip works, both files are there. */
  private static void dropHalfCompressed(List<Member> members) {
    Set<String> paths = new HashSet<>();
    members.forEach(member -> paths.add(member.path().toString()));
    members.removeIf(
        member ->
            member.isCompressed()
                && paths.contains(
                    member.path().toString().substring(0, member.path().toString().length() - 3)));
  }
}
