package fr.epiconcept.navette.flux.file;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A folder that somebody else made where others may write, for more than one step in it: by its
 * name the next step could be led elsewhere, by a link put in its place.
 */
public final class HeldFolder implements AutoCloseable {
  private final Held held;

  private HeldFolder(Held held) {
    this.held = held;
  }

  /** Opens it, if it is a folder and no link to one. */
  public static Optional<HeldFolder> open(Path folder) throws IOException {
    try {
      return FileIdentity.of(folder).isFolder() ? ifFolder(Held.open(folder)) : Optional.empty();
    } catch (NoSuchFileException gone) {
      return Optional.empty();
    }
  }

  private static Optional<HeldFolder> ifFolder(Held held) throws IOException {
    boolean folder = false;
    try {
      folder = FileIdentity.of(held).isFolder();
    } finally {
      if (!folder) {
        held.close();
      }
    }
    return folder ? Optional.of(new HeldFolder(held)) : Optional.empty();
  }

  /** The way into it, for as long as it is held, whatever has its name by then. */
  public Path path() {
    return held.path();
  }

  @Override
  public void close() {
    held.close();
  }
}
