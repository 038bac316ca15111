package fr.epiconcept.navette.flux.adopt;

import java.nio.file.Path;

/**
 * What became of a piece of the old configuration that is not simply the same in the new one.
 *
 * @param file where it stands
 * @param line from 1; 0 where none can be named
 * @param column from 1; 0 where none can be named
 * @param flux the new flux that it concerns; empty: none
 * @param what it is and what to do, in one line
 */
public record Note(Path file, int line, int column, String flux, Kind kind, String what) {
  /** What has to be done about it. */
  public enum Kind {
    /** A person has to fill something in: the flux's file is refused until then. */
    TODO,
    /** It was not taken over. */
    LOST,
    /** It was taken over, and works otherwise than before. */
    OTHERWISE
  }

  /** Whatever somebody takes for the end of a line: YAML has more of them than Java. */
  private static final java.util.regex.Pattern NO_TEXT =
      java.util.regex.Pattern.compile("[\\p{Cntrl}\\x80-\\x9f\\u2028\\u2029]+");

  /** Keeps {@code what} to one line, whatever it quotes. */
  public Note {
    what = oneLine(what.strip());
  }

  static String oneLine(String text) {
    return NO_TEXT.matcher(text).replaceAll(" ");
  }

  static Note at(Old.Where where, String flux, Kind kind, String what) {
    return new Note(where.file(), where.line(), where.column(), flux, kind, what);
  }

  /** {@code file:line:column: flux: kind: what}. */
  @Override
  public String toString() {
    return oneLine(file.toString())
        + (line > 0 ? ":" + line + ":" + column : "")
        + ": "
        + (flux.isEmpty() ? "" : flux + ": ")
        + kind.name().toLowerCase(java.util.Locale.ROOT)
        + ": "
        + what;
  }
}
