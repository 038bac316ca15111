package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.file.TreeWalk;
import fr.epiconcept.navette.flux.inbox.Inbox;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Files that wait while a reload changes to whom they belong.
 *
 * @param folder where they stand
 * @param files how many; empty if this user may not see them
 * @param then what becomes of them, in a few words
 */
record Left(String folder, Optional<Long> files, String then) {
  /** Where an ingest's spool has what it must not lose sight of. */
  private static final List<String> SPOOL =
      List.of("claimed", "again", "published", "arrived", "dead");

  /** Those in a watched folder that may be taken; none if there are none. */
  static Optional<Left> waiting(Path folder, Taken taken, String then) {
    return of(folder, count(folder, taken), then);
  }

  /**
   * Which files are meant.
   *
   * @param below whether any in a sub-folder may be
   */
  record Taken(boolean below, Predicate<TreeName> names) {
    static final Taken NONE = new Taken(false, name -> false);

    Taken and(Taken other) {
      return new Taken(below || other.below, names.and(other.names));
    }

    Taken butNot(Taken other) {
      return new Taken(below || other.below, names.and(other.names.negate()));
    }
  }

  /** Those in a flux's spool, records included. */
  static Optional<Left> spooled(Path spool, String then) {
    Optional<Long> all = Optional.of(0L);
    for (String state : SPOOL) {
      Optional<Long> some = count(spool.resolve(state), name -> !name.isHidden());
      all = all.flatMap(sum -> some.map(more -> sum + more));
    }
    return of(spool, all, then);
  }

  private static Optional<Left> of(Path folder, Optional<Long> files, String then) {
    return files.equals(Optional.of(0L))
        ? Optional.empty()
        : Optional.of(new Left(folder.toString(), files, then));
  }

  static Taken takenBy(ReadyRules rules) {
    var whyNever = Inbox.whyNever(rules);
    return new Taken(rules.recursive(), name -> whyNever.apply(name).isEmpty());
  }

  private static Optional<Long> count(Path folder, Taken taken) {
    long[] count = {0};
    try {
      new TreeWalk(folder, taken.below(), SubFolder::whyNever)
          .all((name, way) -> count[0] += taken.names().test(name) && isFile(way) ? 1 : 0);
      return Optional.of(count[0]);
    } catch (NoSuchFileException none) {
      return Optional.of(0L);
    } catch (IOException closed) {
      return Optional.empty();
    }
  }

  private static boolean isFile(Path path) {
    return !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** One name at a time: there may be very many. */
  private static Optional<Long> count(Path folder, Predicate<FileName> counts) {
    long count = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        count += counts.test(FileName.of(file)) ? 1 : 0;
      }
      return Optional.of(count);
    } catch (NoSuchFileException none) {
      return Optional.of(0L);
    } catch (IOException | DirectoryIteratorException closed) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    String many = files.map(count -> count + (count == 1 ? " file" : " files")).orElse("files");
    return many
        + " in "
        + folder
        + (files.isEmpty() ? " (this user may not see them)" : "")
        + ": "
        + then;
  }
}
