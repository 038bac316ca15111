package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The script of a measurement. */
final class Script {
  private Script() {}

  /**
   * A copy of {@code unlink} of one's own. A script that noted its time would cost more than what
   * is measured. The kernel tells of this one by itself: its file is opened when it is executed,
   * and closed when it has ended; the name of the file that it was given vanishes from storage.
   */
  static Path unlink(Path to) throws IOException {
    Path unlink =
        Tool.find("unlink").orElseThrow(() -> new IOException("no unlink (coreutils) on PATH"));
    Files.createDirectories(to.getParent());
    // Not a link: events belong to the file, whatever its name
    return Files.copy(unlink.toRealPath(), to);
  }
}
