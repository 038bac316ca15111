package fr.epiconcept.navette.flux.spool;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.file.TemporaryName;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file in the spool.
 *
 * @param id its id
 * @param related the id that it answers (an acknowledgement) or repeats (a replay)
 * @param folder its own folder
 * @param name its name
 */
public record Entry(FileId id, Optional<FileId> related, Path folder, FileName name) {
  /** The file. */
  public Path file() {
    return name.in(folder);
  }

  /** The entry that stands in a file's own folder, or nothing if the file is gone. */
  static Optional<Entry> in(Path own) throws IOException {
    Optional<Label> label = Label.of(own);
    if (label.isEmpty()) {
      return Optional.empty();
    }
    FileId id = label.get().id();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(own)) {
      for (Path file : files) {
        FileName name = FileName.of(file);
        if (!name.toString().equals(TemporaryName.of(id))) {
          return Optional.of(new Entry(id, label.get().related(), own, name));
        }
      }
    } catch (NoSuchFileException | NotDirectoryException gone) {
      return Optional.empty();
    }
    return Optional.empty();
  }
}
