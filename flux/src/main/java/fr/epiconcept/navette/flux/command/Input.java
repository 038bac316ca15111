package fr.epiconcept.navette.flux.command;

import com.sun.jna.Memory;
import fr.epiconcept.navette.flux.linux.Descriptor;
import fr.epiconcept.navette.flux.linux.Libc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * What a program finds on its standard input: a file in memory that has no name. A program that
 * reads none of it, or half, or ends meanwhile, makes nobody wait, as it would with a pipe.
 */
final class Input implements AutoCloseable {
  private static final byte[] NAME =
      Libc.zeroEnded("navette-input".getBytes(StandardCharsets.US_ASCII));

  private final Descriptor descriptor;

  private Input(Descriptor descriptor) {
    this.descriptor = descriptor;
  }

  static Input of(byte[] bytes) throws IOException {
    Input input =
        new Input(Descriptor.of("memfd_create", Libc.memfd_create(NAME, Libc.MFD_CLOEXEC)));
    boolean written = false;
    try {
      input.write(bytes);
      written = true;
      return input;
    } finally {
      if (!written) {
        input.close();
      }
    }
  }

  /** At places, so that the program begins to read at the first byte. */
  private void write(byte[] bytes) throws IOException {
    if (bytes.length == 0) {
      return;
    }
    try (Memory memory = new Memory(bytes.length)) {
      memory.write(0, bytes, 0, bytes.length);
      long done = 0;
      while (done < bytes.length) {
        long written =
            Libc.pwrite(descriptor.number(), memory.share(done), bytes.length - done, done);
        if (written <= 0) {
          throw new IOException("no memory for the input of a program");
        }
        done += written;
      }
    }
  }

  int number() {
    return descriptor.number();
  }

  @Override
  public void close() {
    descriptor.close();
  }
}
