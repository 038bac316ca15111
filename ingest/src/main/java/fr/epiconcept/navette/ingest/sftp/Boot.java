package fr.epiconcept.navette.ingest.sftp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which life of the machine this is: what was written in an earlier one may not be whole. */
final class Boot {
  private static final Path ID = Path.of("/proc/sys/kernel/random/boot_id");
  private static final String THIS = read();

  private Boot() {}

  private static String read() {
    try {
      return Files.readString(ID).strip().substring(0, 8);
    } catch (IOException e) {
      throw new UncheckedIOException(ID + " cannot be read", e);
    }
  }

  /** 8 letters. */
  static String id() {
    return THIS;
  }
}
