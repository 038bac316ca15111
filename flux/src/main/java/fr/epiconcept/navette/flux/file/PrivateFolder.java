package fr.epiconcept.navette.flux.file;

import fr.epiconcept.navette.flux.linux.Libc;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;

/**
 * A folder of ours in a folder where others may write: what stands in it was put there by us, as
 * long as it is surely the one that we made. They can give its name to something else at any
 * moment, a link for example. So it is looked at once it is held open, and {@link #path} leads into
 * the very folder that was looked at.
 */
public final class PrivateFolder implements AutoCloseable {
  private static final int OTHERS_MAY_WRITE = 0022;

  private final Path name;
  private final Held held;

  private PrivateFolder(Path name, Held held) {
    this.name = name;
    this.held = held;
  }

  /**
   * Makes it, unless it is there, and opens it.
   *
   * @throws FileAlreadyExistsException if something of that name stands there that is not ours
   */
  public static PrivateFolder make(Path folder) throws IOException {
    try {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException known) {
      // Whether it is ours, made now or before, is seen below.
    }
    return open(folder)
        .orElseThrow(
            () ->
                new FileAlreadyExistsException(
                    folder.toString(),
                    null,
                    "somebody else made it; remove it, the name is Navette's"));
  }

  /** Opens it if it is there, no link to one, and nobody but us may write in it. */
  public static Optional<PrivateFolder> open(Path folder) throws IOException {
    try {
      if (!isOurs(folder, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      return ifOurs(folder, Held.open(folder));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static Optional<PrivateFolder> ifOurs(Path folder, Held held) throws IOException {
    boolean ours = false;
    try {
      ours = isOurs(held.path());
    } finally {
      if (!ours) {
        held.close();
      }
    }
    return ours ? Optional.of(new PrivateFolder(folder, held)) : Optional.empty();
  }

  private static boolean isOurs(Path folder, LinkOption... links) throws IOException {
    Map<String, Object> looks = Files.readAttributes(folder, "unix:isDirectory,uid,mode", links);
    return (Boolean) looks.get("isDirectory")
        && (Integer) looks.get("uid") == Libc.geteuid()
        && ((Integer) looks.get("mode") & OTHERS_MAY_WRITE) == 0;
  }

  /** The way into it, for as long as it is held, whatever has its name by then. */
  public Path path() {
    return held.path();
  }

  /** What happened on that way, told by the folder's name: a descriptor says nothing to people. */
  public IOException named(IOException fault) {
    String said = String.valueOf(fault.getMessage());
    String way = path() + "/";
    return said.contains(way) ? new IOException(said.replace(way, name + "/"), fault) : fault;
  }

  @Override
  public void close() {
    held.close();
  }
}
