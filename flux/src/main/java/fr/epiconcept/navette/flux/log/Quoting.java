package fr.epiconcept.navette.flux.log;

import java.util.HexFormat;

/** How a text becomes a value in a line of log and is read back. */
final class Quoting {
  private static final String BARE_SIGNS = "._:/@%+,-";

  private Quoting() {}

  /** Appends {@code text}, in quotes only where it needs them. */
  static void write(String text, StringBuilder line) {
    if (isBare(text)) {
      line.append(text);
    } else {
      line.append('"');
      escape(text, true, line);
      line.append('"');
    }
  }

  /** {@code text} in quotes. */
  static String always(String text) {
    StringBuilder quoted = new StringBuilder(text.length() + 8).append('"');
    escape(text, true, quoted);
    return quoted.append('"').toString();
  }

  /** {@code text} on one line: as it is, but for the characters that are never written. */
  static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length() + 8);
    escape(text, false, line);
    return line.toString();
  }

  private static boolean isBare(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isBare(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean isBare(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || BARE_SIGNS.indexOf(c) >= 0;
  }

  private static void escape(String text, boolean quoted, StringBuilder line) {
    int c;
    for (int i = 0; i < text.length(); i += Character.charCount(c)) {
      c = text.codePointAt(i);
      if (quoted && (c == '"' || c == '\\')) {
        line.append('\\').append((char) c);
      } else if (!isNeverWritten(c)) {
        line.appendCodePoint(c);
      } else if (c == '\n') {
        line.append("\\n");
      } else if (c == '\r') {
        line.append("\\r");
      } else if (c == '\t') {
        line.append("\\t");
      } else {
        line.append("\\u{").append(Integer.toHexString(c)).append('}');
      }
    }
  }

  private static boolean isNeverWritten(int c) {
    int type = Character.getType(c);
    return type == Character.CONTROL
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.FORMAT
        || type == Character.SURROGATE;
  }

  /**
   * Where the value that begins at {@code from} ends.
   *
   * @throws IllegalArgumentException if its quotes stay open
   */
  static int end(String line, int from) {
    int at = from;
    if (at == line.length() || line.charAt(at) != '"') {
      while (at < line.length() && isBare(line.charAt(at))) {
        at++;
      }
      return at;
    }
    for (at++; at < line.length(); at++) {
      char c = line.charAt(at);
      if (c == '\\') {
        at++;
      } else if (c == '"') {
        return at + 1;
      }
    }
    throw new IllegalArgumentException("the quotes stay open");
  }

  /**
   * The text that {@code value}, bare or whole with its quotes, stands for.
   *
   * @throws IllegalArgumentException if nothing can have been written so
   */
  static String read(String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("a value is missing");
    }
    if (value.charAt(0) != '"') {
      return value;
    }
    StringBuilder text = new StringBuilder(value.length());
    int end = value.length() - 1;
    int at = 1;
    while (at < end) {
      int c = value.codePointAt(at);
      if (c == '\\') {
        at = readEscape(value, at + 1, text);
      } else if (isNeverWritten(c)) {
        throw new IllegalArgumentException("a character that is never written as it is");
      } else {
        text.appendCodePoint(c);
        at += Character.charCount(c);
      }
    }
    return text.toString();
  }

  private static int readEscape(String value, int at, StringBuilder text) {
    char c = value.charAt(at);
    switch (c) {
      case '"', '\\' -> text.append(c);
      case 'n' -> text.append('\n');
      case 'r' -> text.append('\r');
      case 't' -> text.append('\t');
      case 'u' -> {
        int close = value.indexOf('}', at);
        if (value.charAt(at + 1) != '{' || close < at + 3 || close > at + 8) {
          throw new IllegalArgumentException("a broken escape");
        }
        text.appendCodePoint(HexFormat.fromHexDigits(value, at + 2, close));
        return close + 1;
      }
      default -> throw new IllegalArgumentException("an unknown escape");
    }
    return at + 1;
  }
}
