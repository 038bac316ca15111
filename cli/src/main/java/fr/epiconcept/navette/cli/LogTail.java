package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.log.LogLine;
import fr.epiconcept.navette.flux.pulse.Pulse;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the last lines of a flux's log tell. */
final class LogTail {
  private static final Logger LOG = LoggerFactory.getLogger(LogTail.class);
  private static final int BYTES = 64 * 1024;

  private LogTail() {}

  /** The pulse as of the last 64 KiB; one that heard nothing if the log cannot be read. */
  static Pulse pulse(Path log) {
    Pulse pulse = new Pulse(System::nanoTime);
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long start = Math.max(0, file.length() - BYTES);
      file.seek(start);
      byte[] bytes = new byte[(int) Math.min(BYTES, file.length() - start)];
      file.readFully(bytes);
      // Where the cut fell into a line, that one is none of the grammar.
      new String(bytes, StandardCharsets.UTF_8)
          .lines()
          .forEach(line -> LogLine.parse(line).ifPresent(pulse::hear));
    } catch (IOException e) {
      LOG.debug("{} tells nothing", log, e);
    }
    return pulse;
  }
}
