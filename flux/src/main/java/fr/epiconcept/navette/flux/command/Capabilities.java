package fr.epiconcept.navette.flux.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What the kernel lets a process do beyond its user's rights.
 *
 * @param effective a bit for each, by its number in linux/capability.h
 */
record Capabilities(long effective) {
  static final int SETGID = 6;
  static final int SETUID = 7;

  private static final String LINE = "CapEff:";

  static Capabilities ofThisProcess() {
    try {
      return of(Files.readAllLines(Path.of("/proc/self/status"), StandardCharsets.ISO_8859_1));
    } catch (IOException noProc) {
      throw new UncheckedIOException("/proc is not mounted: Navette needs it", noProc);
    }
  }

  /** Out of the lines of a {@code /proc/PID/status}. */
  static Capabilities of(List<String> status) {
    return status.stream()
        .filter(line -> line.startsWith(LINE))
        .map(line -> Long.parseUnsignedLong(line.substring(LINE.length()).strip(), 16))
        .map(Capabilities::new)
        .findFirst()
        .orElseGet(() -> new Capabilities(0));
  }

  boolean has(int... numbers) {
    return IntStream.of(numbers).allMatch(number -> (effective >> number & 1) == 1);
  }
}
