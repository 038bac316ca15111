package fr.epiconcept.navette.flux.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads a file where others may put something else in its place at any moment, also between a look
 * and the opening: a pipe would make its reader wait for ever, a link would give what its maker may
 * not read himself.
 */
public final class RegularFile {
  private RegularFile() {}

  /**
   * Opens what has that name now, if it is a regular file.
   *
   * @throws FileSystemException if it is a link, or anything else that is no regular file
   */
  public static InputStream open(Path file) throws IOException {
    return open(file, Files::newInputStream);
  }

  /** Likewise, to be read at any place. */
  public static FileChannel channel(Path file) throws IOException {
    return open(file, path -> FileChannel.open(path, StandardOpenOption.READ));
  }

  private interface Opening<T> {
    T open(Path path) throws IOException;
  }

  private static <T> T open(Path file, Opening<T> opening) throws IOException {
    try (Held held = Held.open(file)) {
      if (!FileIdentity.of(held).isRegular()) {
        throw new FileSystemException(file.toString(), null, "no regular file");
      }
      // The same file once more, by the descriptor: its name may lead elsewhere already.
      return opening.open(held.path());
    }
  }
}
