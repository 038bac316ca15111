package fr.epiconcept.navette.flux.inbox;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.config.ReadyRules;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The file that has waited longest in a watched folder, among those that can be deposits. Nothing
 * is changed, and nothing remembered but the oldest so far.
 *
 * @param since when its inode changed last: its sender cannot set that back as it can the mtime. A
 *     file that still grows is young
 */
public record OldestFile(FileName name, Instant since) {
  /** So many are looked at; in a folder with more, one of these has waited long enough too. */
  private static final int MOST = 20_000;

  /**
   * Looks.
   *
   * @throws IOException if the folder cannot be listed
   */
  public static Optional<OldestFile> in(Path folder, ReadyRules rules) throws IOException {
    Names names = new Names(rules);
    OldestFile oldest = null;
    int looked = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        FileName name = FileName.of(file);
        if (names.whyNever(name).isPresent()) {
          continue;
        }
        Optional<Instant> since = changed(file);
        if (since.isPresent() && (oldest == null || since.get().isBefore(oldest.since()))) {
          oldest = new OldestFile(name, since.get());
        }
        if (++looked == MOST) {
          break;
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return Optional.ofNullable(oldest);
  }

  private static Optional<Instant> changed(Path file) throws IOException {
    try {
      Map<String, Object> looks =
          Files.readAttributes(file, "unix:ctime,isDirectory", LinkOption.NOFOLLOW_LINKS);
      return Boolean.TRUE.equals(looks.get("isDirectory"))
          ? Optional.empty()
          : Optional.of(((FileTime) looks.get("ctime")).toInstant());
    } catch (NoSuchFileException taken) {
      return Optional.empty();
    }
  }
}
