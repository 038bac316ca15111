package fr.epiconcept.navette.flux.file;

import fr.epiconcept.navette.flux.linux.Descriptor;
import fr.epiconcept.navette.flux.linux.Errno;
import fr.epiconcept.navette.flux.linux.Libc;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * What had a name at one moment, held open. In a folder where others may write, the next call by
 * that name may meet something else; {@link #path} leads to what was opened and to nothing else.
 */
final class Held implements AutoCloseable {
  /** The kernel follows these links to the open file itself, without looking at any name. */
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private static final int SYNC_FILE_RANGE_WRITE = 2;

  private final Descriptor descriptor;

  private Held(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Opens what has that name, never what a link leads to. Waits for nobody: a pipe that was put
   * there is open at once. What it is, is for the caller to ask.
   *
   * @throws NoSuchFileException if nothing has that name
   */
  static Held open(Path path) throws IOException {
    int flags = Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK | Libc.O_CLOEXEC;
    int answer = Libc.open(NativeFiles.ended(path), flags);
    if (answer < 0) {
      throw NativeFiles.failure(Errno.last(), path, null);
    }
    return new Held(Descriptor.of("open", answer));
  }

  /** The way to it, for as long as it is held. */
  Path path() {
    return DESCRIPTORS.resolve(Integer.toString(descriptor.number()));
  }

  /**
   * Lets the kernel begin to write those bytes to the disk, and waits for nothing. Only a hint:
   * what is durable a sync says.
   */
  void beginWriting(long from, long bytes) {
    int unused = Libc.sync_file_range(descriptor.number(), from, bytes, SYNC_FILE_RANGE_WRITE);
  }

  @Override
  public void close() {
    descriptor.close();
  }
}
