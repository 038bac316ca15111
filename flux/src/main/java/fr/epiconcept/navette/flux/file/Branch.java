package fr.epiconcept.navette.flux.file;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A folder of a tree in which others may write. By its path every name on the way could be a link
 * by the next call; here each folder is opened in the one before it, never through a link, and
 * {@link #path} leads into the very folder that was reached.
 *
 * <p>The top is an administrator's: it may be a link, and stands for whatever its path leads to.
 */
public final class Branch implements AutoCloseable {
  private final Path top;
  private final SubFolder folder;
  private final Optional<HeldFolder> held;

  private Branch(Path top, SubFolder folder, Optional<HeldFolder> held) {
    this.top = top;
    this.folder = folder;
    this.held = held;
  }

  /** The top of the tree in {@code folder}, which need not be there. */
  public static Branch top(Path folder) {
    return new Branch(folder, SubFolder.TOP, Optional.empty());
  }

  /**
   * Goes from the top down to a folder.
   *
   * @return nothing if a name on the way is not there, or is no folder: a link, for example. Of the
   *     top nothing is asked
   */
  public static Optional<Branch> open(Path top, SubFolder folder) throws IOException {
    Optional<Branch> at = Optional.of(top(top));
    for (FileName part : folder.parts()) {
      try (Branch above = at.get()) {
        at = above.into(part);
      }
      if (at.isEmpty()) {
        return at;
      }
    }
    return at;
  }

  /**
   * Opens a folder in this one, which stays open.
   *
   * @return nothing if there is none of that name; a link is none
   * @throws IllegalArgumentException if it lies too deep
   */
  public Optional<Branch> into(FileName name) throws IOException {
    SubFolder below = folder.plus(name);
    return HeldFolder.open(name.in(path()))
        .map(opened -> new Branch(top, below, Optional.of(opened)));
  }

  /** As {@link #into}, for a folder of Navette's own, whose name is hidden. */
  public Optional<HeldFolder> hidden(FileName name) throws IOException {
    return HeldFolder.open(name.in(path()));
  }

  /** Where it lies below the top. */
  public SubFolder folder() {
    return folder;
  }

  /** The way into it, for as long as it is open, whatever has its name by then. */
  public Path path() {
    return held.map(HeldFolder::path).orElse(top);
  }

  /** Its path as people know it. */
  public Path named() {
    return folder.in(top);
  }

  /** The file system that it is on. */
  long device() throws IOException {
    return (Long) Files.getAttribute(path(), "unix:dev");
  }

  /** What happened on the way, told by the folder's name: a descriptor says nothing to people. */
  public IOException named(IOException fault) {
    String said = String.valueOf(fault.getMessage());
    String way = path() + "/";
    if (held.isEmpty() || !said.contains(way)) {
      return fault;
    }
    String told = said.replace(way, named() + "/");
    return fault instanceof NoSuchFileException
        ? new NoSuchFileException(told)
        : new IOException(told, fault);
  }

  @Override
  public void close() {
    held.ifPresent(HeldFolder::close);
  }
}
