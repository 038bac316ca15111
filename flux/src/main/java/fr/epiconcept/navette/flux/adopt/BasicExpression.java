package fr.epiconcept.navette.flux.adopt;

import java.util.Optional;

/**
 * A regular expression as {@code grep} takes it (POSIX basic, with GNU's additions, and fitting
 * anywhere in a name), said as one of ours: RE2's, which fits the whole name.
 */
final class BasicExpression {
  private static final String SPECIAL = "(){}|+?";

  private final String text;
  private final StringBuilder out = new StringBuilder();
  private int at;

  /** Whether a pattern begins here: '^' is an anchor then. */
  private boolean first = true;

  /** Whether nothing stands here that '*' could repeat: it is itself then. */
  private boolean bare = true;

  private BasicExpression(String text) {
    this.text = text;
  }

  /** The expression, or nothing if RE2 has no word for it. */
  static Optional<String> translate(String basic) {
    BasicExpression expression = new BasicExpression(basic);
    if (!expression.all()) {
      return Optional.empty();
    }
    try {
      com.google.re2j.Pattern.compile(expression.whole());
    } catch (com.google.re2j.PatternSyntaxException e) {
      return Optional.empty();
    }
    return Optional.of(expression.whole());
  }

  /** Fits the whole name where the expression fits a piece of it. */
  private String whole() {
    String inner = out.toString();
    if (inner.contains("|")) {
      return ".*(?:" + inner + ").*";
    }
    boolean begins = inner.startsWith("^");
    boolean ends = inner.endsWith("$") && !inner.endsWith("\\$");
    String middle = inner.substring(begins ? 1 : 0, inner.length() - (ends ? 1 : 0));
    String before = begins || middle.startsWith(".*") ? "" : ".*";
    String after = ends || (middle.endsWith(".*") && !middle.endsWith("\\.*")) ? "" : ".*";
    return before + middle + after;
  }

  private boolean all() {
    while (at < text.length()) {
      char c = text.charAt(at++);
      boolean wasFirst = first;
      boolean wasBare = bare;
      first = false;
      bare = false;
      if (c == '\\') {
        if (!escaped()) {
          return false;
        }
      } else if (c == '[') {
        if (!bracket()) {
          return false;
        }
      } else if (c == '*' && wasBare) {
        out.append("\\*");
      } else if (c == '^') {
        out.append(wasFirst ? "^" : "\\^");
        bare = wasFirst;
      } else if (c == '$') {
        out.append(isEnd() ? "$" : "\\$");
      } else if (SPECIAL.indexOf(c) >= 0) {
        out.append('\\').append(c);
      } else {
        out.append(c);
      }
    }
    return true;
  }

  private boolean isEnd() {
    String rest = text.substring(at);
    return rest.isEmpty() || rest.startsWith("\\)") || rest.startsWith("\\|");
  }

  /** What stands behind a backslash; false: a thing that looks back, or nothing. */
  private boolean escaped() {
    if (at == text.length()) {
      return false;
    }
    char c = text.charAt(at++);
    if (c >= '1' && c <= '9') {
      return false;
    }
    if (SPECIAL.indexOf(c) >= 0) {
      out.append(c);
      first = c == '(' || c == '|';
      bare = first;
    } else if (c == '<' || c == '>') {
      out.append("\\b");
    } else if ("wWsSbB".indexOf(c) >= 0) {
      out.append('\\').append(c);
    } else if (c == '`' || c == '\'') {
      out.append(c == '`' ? "^" : "$");
    } else {
      out.append(Character.isLetterOrDigit(c) ? "" : "\\").append(c);
    }
    return true;
  }

  /** A set: a backslash is itself there; false: it never ends, or names a thing RE2 has not. */
  private boolean bracket() {
    out.append('[');
    if (at < text.length() && text.charAt(at) == '^') {
      out.append('^');
      at++;
    }
    boolean begun = false;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == ']' && begun) {
        out.append(']');
        return true;
      }
      begun = true;
      if (c == '[' && at < text.length() && ".=".indexOf(text.charAt(at)) >= 0) {
        return false;
      }
      if (c == '[' && at < text.length() && text.charAt(at) == ':') {
        int end = text.indexOf(":]", at + 1);
        if (end < 0) {
          return false;
        }
        out.append('[').append(text, at, end + 2);
        at = end + 2;
      } else {
        out.append("\\[]^&~".indexOf(c) >= 0 ? "\\" : "").append(c);
      }
    }
    return false;
  }
}
