package fr.epiconcept.navette.flux.config;

import java.nio.file.Path;

/**
 * One thing that is wrong in the configuration.
 *
 * @param file the file that holds it
 * @param line from 1; 0 where no line can be named
 * @param column from 1; 0 where no column can be named
 * @param what what is wrong, what is expected, and what to do, in one line
 * @param severity whether anything can run in spite of it
 */
public record Fault(Path file, int line, int column, String what, Severity severity)
    implements Comparable<Fault> {
  /** How much a fault stops. */
  public enum Severity {
    /** The flux (or, in {@code navette.yml}, the daemon) stays down. */
    ERROR,
    /** It runs, but the administrator should know. */
    WARNING
  }

  /** Keeps {@code what} to one line, whatever it quotes. */
  public Fault {
    what = oneLine(what);
  }

  /** {@code text} with control characters spelled out: no name can forge a line. */
  static String oneLine(String text) {
    if (text.chars().noneMatch(Character::isISOControl)) {
      return text;
    }
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isISOControl(c)) {
        line.append(String.format("\\u%04x", (int) c));
      } else {
        line.append(c);
      }
    }
    return line.toString();
  }

  @Override
  public int compareTo(Fault other) {
    int byFile = file.compareTo(other.file);
    if (byFile != 0) {
      return byFile;
    }
    int byLine = Integer.compare(line, other.line);
    return byLine != 0 ? byLine : Integer.compare(column, other.column);
  }

  /** {@code file:line:column: what}, as compilers print it. */
  @Override
  public String toString() {
    String at = line > 0 ? ":" + line + (column > 0 ? ":" + column : "") : "";
    return oneLine(file.toString())
        + at
        + ": "
        + (severity == Severity.WARNING ? "warning: " : "")
        + what;
  }
}
