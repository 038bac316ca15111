package fr.epiconcept.navette.flux.inbox;

import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.TreeWalk;
import java.io.IOException;
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
public record InboxCount(long files, Optional<TreeName> oldest, Instant since) {
  /**
   * Counts; a file that goes meanwhile is not there.
   *
   * @throws IOException if the folder cannot be read
   */
  public static InboxCount of(Path folder, ReadyRules rules) throws IOException {
    Names names = new Names(rules);
    InboxCount[] count = {new InboxCount(0, Optional.empty(), Instant.MAX)};
    walk(folder, names)
        .all(
            (name, way) -> {
              if (names.whyNeverHere(name).isEmpty()) {
                count[0] = count[0].with(name, way);
              }
            });
    return count[0];
  }

  private static TreeWalk walk(Path folder, Names names) {
    return new TreeWalk(folder, names.recursive(), names::whyNotInto);
  }

  /**
   * How many names there are that a deposit may have. Where folders are not entered, one of such a
   * name counts too: nothing but the listing is read, which takes some tenths of a second for
   * 50,000 files.
   *
   * @throws IOException if the folder cannot be read
   */
  public static long names(Path folder, ReadyRules rules) throws IOException {
    Names names = new Names(rules);
    long[] count = {0};
    walk(folder, names).all((name, way) -> count[0] += names.whyNeverHere(name).isEmpty() ? 1 : 0);
    return count[0];
  }

  private InboxCount with(TreeName name, Path file) throws IOException {
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
