package fr.epiconcept.navette.flux.spool;

import fr.epiconcept.navette.flux.FileId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * How many files stand in a flux's spool: names are counted, nothing is opened or changed. Fit for
 * a spool at which a daemon works, and for one that nobody has.
 *
 * @param unsent claimed, or to be sent once more
 * @param published the broker has them
 * @param arrived in the archive, their outcome not known
 * @param dead dead letters
 * @param oldestUnsent the first of {@code unsent} and {@code published}
 * @param oldestArrived the first of {@code arrived}
 */
public record SpoolCount(
    long unsent,
    long published,
    long arrived,
    long dead,
    Optional<Entry> oldestUnsent,
    Optional<FileId> oldestArrived) {

  /**
   * Counts. Memory does not grow with the number of files; 50,000 take some hundredths of a second.
   *
   * @throws IOException if a folder that is there cannot be read
   */
  public static SpoolCount of(Path spool) throws IOException {
    Folder claimed = Folder.of(spool.resolve(folder(Spool.State.CLAIMED)));
    Folder again = Folder.of(spool.resolve(folder(Spool.State.AGAIN)));
    Folder published = Folder.of(spool.resolve(folder(Spool.State.PUBLISHED)));
    Folder arrived = Folder.of(spool.resolve("arrived"));
    Folder dead = Folder.of(spool.resolve("dead"));
    return new SpoolCount(
        claimed.count + again.count,
        published.count,
        arrived.count,
        dead.count,
        claimed.older(again).older(published).entry(),
        arrived.first().map(Label::id));
  }

  private static String folder(Spool.State state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  /** The names in one folder. Ids sort as the files came. */
  private record Folder(long count, Path path, Optional<Label> first) {
    static Folder of(Path path) throws IOException {
      long count = 0;
      String first = null;
      try (DirectoryStream<Path> all = Files.newDirectoryStream(path)) {
        for (Path each : all) {
          if (Label.of(each).isPresent()) {
            count++;
            String name = each.getFileName().toString();
            first = first == null || name.compareTo(first) < 0 ? name : first;
          }
        }
      } catch (NoSuchFileException none) {
        return new Folder(0, path, Optional.empty());
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
      return new Folder(
          count, path, Optional.ofNullable(first).flatMap(name -> Label.of(path.resolve(name))));
    }

    Folder older(Folder other) {
      if (first.isEmpty() || other.first.isEmpty()) {
        return first.isEmpty() ? other : this;
      }
      return first.get().id().compareTo(other.first.get().id()) <= 0 ? this : other;
    }

    /** Nothing if it went on its way meanwhile. */
    Optional<Entry> entry() throws IOException {
      return first.isEmpty() ? Optional.empty() : Entry.in(path.resolve(first.get().spelled()));
    }
  }
}
