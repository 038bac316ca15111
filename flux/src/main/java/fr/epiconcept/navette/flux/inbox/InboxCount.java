package fr.epiconcept.navette.flux.inbox;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.file.FileIdentity;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * The files in an inbox at which nobody looks: those whose name a deposit may have. Nothing is
 * opened or changed, and memory does not grow with their number.
 *
 * @param files how many
 * @param oldest the one that has not changed for the longest time
 * @param since when that one changed last, by the kernel's own clock
 */
public record InboxCount(long files, Optional<FileName> oldest, Instant since) {
  /**
   * Counts; a file that goes meanwhile is not there.
   *
   * @throws IOException if the folder cannot be read
   */
  public static InboxCount of(Path folder, ReadyRules rules) throws IOException {
    Names names = new Names(rules);
    InboxCount count = new InboxCount(0, Optional.empty(), Instant.MAX);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        FileName name = FileName.of(file);
        if (names.whyNever(name).isEmpty()) {
          count = count.with(name, file);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return count;
  }

  /**
   * How many names there are that a deposit may have. A folder of such a name counts too: nothing
   * but the listing is read, which takes some tenths of a second for 50,000 files.
   *
   * @throws IOException if the folder cannot be read
   */
  public static long names(Path folder, ReadyRules rules) throws IOException {
    Names names = new Names(rules);
    long count = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        count += names.whyNever(FileName.of(file)).isEmpty() ? 1 : 0;
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return count;
  }

  private InboxCount with(FileName name, Path file) throws IOException {
    FileIdentity looks;
    try {
      looks = FileIdentity.of(file);
    } catch (NoSuchFileException gone) {
      return this;
    }
    if (looks.isFolder()) {
      return this;
    }
    Instant changed = looks.changed().toInstant();
    return changed.isBefore(since)
        ? new InboxCount(files + 1, Optional.of(name), changed)
        : new InboxCount(files + 1, oldest, since);
  }
}
