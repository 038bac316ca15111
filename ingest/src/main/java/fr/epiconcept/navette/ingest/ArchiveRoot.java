package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.file.FileKey;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The archive of a flux as it was when a file was put there: by its path alone, an archive that is
 * not mounted looks like one from which the file was removed.
 *
 * @param folder the folder of all days
 * @param key of that very folder
 */
record ArchiveRoot(Path folder, FileKey key) {

  /**
   * As it is now.
   *
   * @throws IOException if it is missing: nothing may be put where it should be
   */
  static ArchiveRoot of(Path folder) throws IOException {
    try {
      return new ArchiveRoot(folder, FileKey.ofFolder(folder));
    } catch (NoSuchFileException missing) {
      throw new IOException("the archive " + folder + " is missing: is it mounted?", missing);
    }
  }

  /**
   * Whether what is missing there was removed, and is not only out of reach.
   *
   * @throws IOException if the folder is missing, or another one than it was
   */
  void require() throws IOException {
    if (!key.isSameAs(of(folder).key())) {
      throw new IOException(
          "the archive "
              + folder
              + " is not the folder that files were put in: is it mounted? (if it was replaced on"
              + " purpose, bring the files along)");
    }
  }
}
