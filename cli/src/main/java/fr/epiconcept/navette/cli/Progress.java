package fr.epiconcept.navette.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** A bar that grows on a terminal, and nothing anywhere else. */
final class Progress {
  private static final int WIDTH = 30;
  private static final long EVERY_NANOS = 100_000_000;

  private final PrintWriter terminal;
  private final boolean shown;
  private long total;
  private long done;
  private long drawnAt;
  private boolean drawn;

  /** A bar on standard error, if that is a terminal and {@code wanted}. */
  static Progress on(PrintWriter err, boolean wanted) {
    return new Progress(err, wanted && isTerminal());
  }

  Progress(PrintWriter terminal, boolean shown) {
    this.terminal = terminal;
    this.shown = shown;
  }

  /** The console of the JVM would ask for standard input and output too. */
  private static boolean isTerminal() {
    try {
      String device = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
      return device.startsWith("/dev/pts/") || device.startsWith("/dev/tty");
    } catch (IOException unknown) {
      return false;
    }
  }

  void of(long all) {
    total = all;
    draw();
  }

  void oneMore() {
    done++;
    long now = System.nanoTime();
    if (!drawn || now - drawnAt > EVERY_NANOS || done == total) {
      drawnAt = now;
      draw();
    }
  }

  private void draw() {
    if (!shown || total == 0) {
      return;
    }
    int filled = (int) Math.min(WIDTH, done * WIDTH / total);
    terminal.printf(
        "\r[%s%s] %d of %d", "#".repeat(filled), ".".repeat(WIDTH - filled), done, total);
    terminal.flush();
    drawn = true;
  }

  /** Makes room for a line of text; the bar comes again with the next file. */
  void clear() {
    if (drawn) {
      terminal.print("\r" + " ".repeat(WIDTH + 30) + "\r");
      terminal.flush();
      drawn = false;
    }
  }
}
