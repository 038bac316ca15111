package fr.epiconcept.navette.flux.spool;

import fr.epiconcept.navette.flux.FileId;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The oldest id that has not come to its end, in a spool that a daemon works in meanwhile: only
 * names are read, and nothing is remembered but the oldest so far.
 *
 * @param folder where it stands: {@code claimed}, {@code again}, {@code published}, {@code arrived}
 */
public record OldestEntry(FileId id, String folder) {
  private static final List<String> FOLDERS = List.of("claimed", "again", "published", "arrived");

  /**
   * Looks.
   *
   * @throws IOException if a folder is there and cannot be listed
   */
  public static Optional<OldestEntry> in(Path spool) throws IOException {
    OldestEntry oldest = null;
    for (String folder : FOLDERS) {
      try (DirectoryStream<Path> all = Files.newDirectoryStream(spool.resolve(folder))) {
        for (Path own : all) {
          Optional<FileId> id = Label.of(own).map(Label::id);
          if (id.isPresent() && (oldest == null || id.get().compareTo(oldest.id()) < 0)) {
            oldest = new OldestEntry(id.get(), folder);
          }
        }
      } catch (NoSuchFileException fine) {
        // A worker has no records; and a spool that was never used has nothing.
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    }
    return Optional.ofNullable(oldest);
  }
}
