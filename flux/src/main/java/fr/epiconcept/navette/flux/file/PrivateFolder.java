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

/**
 * A folder of ours in a folder where others may write: what stands in it was put there by us, as
 * long as it is surely the one that we made.
 */
public final class PrivateFolder {
  private static final int OTHERS_MAY_WRITE = 0022;

  private PrivateFolder() {}

  /**
   * Makes it, unless it is there.
   *
   * @throws FileAlreadyExistsException if something of that name stands there that is not ours
   */
  public static void make(Path folder) throws IOException {
    try {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException known) {
      if (!isOurs(folder)) {
        throw new FileAlreadyExistsException(
            folder.toString(), null, "somebody else made it; remove it, the name is Navette's");
      }
    }
  }

  /** Whether there is such a folder, no link to one, in which nobody but us may write. */
  public static boolean isOurs(Path folder) throws IOException {
    try {
      Map<String, Object> looks =
          Files.readAttributes(folder, "unix:isDirectory,uid,mode", LinkOption.NOFOLLOW_LINKS);
      return (Boolean) looks.get("isDirectory")
          && (Integer) looks.get("uid") == Libc.geteuid()
          && ((Integer) looks.get("mode") & OTHERS_MAY_WRITE) == 0;
    } catch (NoSuchFileException e) {
      return false;
    }
  }
}
