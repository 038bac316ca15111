package fr.epiconcept.navette.flux.spool;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
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
 * @param from the sub-folder of the inbox in which it stood
 * @param name its name
 */
public record Entry(
    FileId id, Optional<FileId> related, Path folder, SubFolder from, FileName name) {

  /** One that stood at the top of the inbox. */
  public Entry(FileId id, Optional<FileId> related, Path folder, FileName name) {
    this(id, related, folder, SubFolder.TOP, name);
  }

  /** The file. */
  public Path file() {
    return name.in(origin().place());
  }

  /** Its name in the inbox's tree. */
  public TreeName path() {
    return new TreeName(from, name);
  }

  Origin origin() {
    return Origin.of(folder, from);
  }

  /** The entry that stands in a file's own folder, or nothing if the file is gone. */
  static Optional<Entry> in(Path own) throws IOException {
    Optional<Label> label = Label.of(own);
    if (label.isEmpty()) {
      return Optional.empty();
    }
    try {
      return in(label.get(), own, new Origin(SubFolder.TOP, own));
    } catch (NoSuchFileException movedMeanwhile) {
      return Optional.empty();
    }
  }

  private static Optional<Entry> in(Label label, Path own, Origin origin) throws IOException {
    boolean deeper = false;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(origin.place())) {
      for (Path file : files) {
        FileName name = FileName.of(file);
        if (Origin.isOne(name)) {
          deeper = origin.folder().isTop();
        } else if (!name.toString().equals(TemporaryName.of(label.id()))) {
          return Optional.of(new Entry(label.id(), label.related(), own, origin.folder(), name));
        }
      }
    } catch (NotDirectoryException gone) {
      return Optional.empty();
    }
    return deeper ? in(label, own, Origin.in(own)) : Optional.empty();
  }
}
