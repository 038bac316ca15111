package fr.epiconcept.navette.flux.life;

import fr.epiconcept.navette.flux.log.LogLine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads one log from its beginning, as bytes: only lines that hold one of some texts are made to
 * {@link LogLine}s. A last line without its end is left alone.
 */
final class LogScan {
  /** No line of ours is longer: a script's are cut. What is longer is skipped. */
  private static final int LONGEST = 1 << 20;

  private final byte[] block = new byte[2 * LONGEST];
  private final Lines lines;

  /** Takes what is found. */
  interface Lines {
    /** What is searched for from here on; may change at each line. */
    Needles needles();

    /**
     * A line that holds one of them.
     *
     * @throws IOException if nobody listens any more
     */
    void line(LogLine line) throws IOException;
  }

  LogScan(Lines lines) {
    this.lines = lines;
  }

  void read(InputStream in) throws IOException {
    int held = 0;
    boolean skipping = false;
    while (true) {
      int got = in.readNBytes(block, held, block.length - held);
      if (got == 0) {
        return;
      }
      held += got;
      int end = lastLineEnd(held) + 1;
      int from = 0;
      if (skipping && end > 0) {
        from = lineEnd(0, end) + 1;
        skipping = false;
      }
      if (end > from) {
        search(from, end);
      }
      System.arraycopy(block, end, block, 0, held - end);
      held -= end;
      if (held >= LONGEST) {
        skipping = true;
        held = 0;
      }
    }
  }

  private void search(int from, int end) throws IOException {
    int at = lines.needles().find(block, from, end);
    while (at >= 0) {
      int start = at;
      while (start > from && block[start - 1] != '\n') {
        start--;
      }
      int stop = lineEnd(at, end);
      Optional<LogLine> line =
          LogLine.parse(new String(block, start, stop - start, StandardCharsets.UTF_8));
      if (line.isPresent()) {
        lines.line(line.get());
      }
      at = lines.needles().find(block, stop, end);
    }
  }

  private int lastLineEnd(int held) {
    int at = held - 1;
    while (at >= 0 && block[at] != '\n') {
      at--;
    }
    return at;
  }

  private int lineEnd(int from, int end) {
    int at = from;
    while (at < end && block[at] != '\n') {
      at++;
    }
    return at;
  }

  /** The first line of a log that is one, without reading much. */
  static Optional<LogLine> first(InputStream in) throws IOException {
    byte[] beginning = in.readNBytes(64 * 1024);
    String text = new String(beginning, StandardCharsets.UTF_8);
    return Arrays.stream(text.split("\n", -1))
        .limit(20)
        .map(LogLine::parse)
        .flatMap(Optional::stream)
        .findFirst();
  }
}
