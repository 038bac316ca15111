package fr.epiconcept.navette.flux.spool;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
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
}
