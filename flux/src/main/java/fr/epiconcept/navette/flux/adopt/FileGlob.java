package fr.epiconcept.navette.flux.adopt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Patterns of names as the shell takes them from a variable: words that are globs, in which a brace
 * is just a brace. Said as patterns of ours.
 */
final class FileGlob {
  private FileGlob() {}

  /** The patterns, or nothing if one of them has no counterpart. */
  static Optional<List<String>> translate(String text) {
    List<String> patterns = new ArrayList<>();
    for (String word : text.strip().split("\\s+", -1)) {
      // A folder, or a name that begins as our expressions do; and what quotes in its own way.
      if (word.isEmpty() || word.contains("/") || word.startsWith("re:") || word.contains("\\")) {
        return Optional.empty();
      }
      if (!word.matches(".*\\[[!^]?[\\]:].*") && !word.contains("[:")) {
        patterns.add(glob(word));
      } else {
        Optional<String> expression = BasicExpression.translate(asExpression(word));
        if (expression.isEmpty()) {
          return Optional.empty();
        }
        patterns.add("re:" + expression.get());
      }
    }
    return Optional.of(patterns);
  }

  private static String glob(String word) {
    StringBuilder pattern = new StringBuilder();
    boolean inSet = false;
    for (int i = 0; i < word.length(); i++) {
      char c = word.charAt(i);
      if (!inSet && c == '[' && word.indexOf(']', i + 2) < 0) {
        pattern.append("\\["); // never closed: the shell takes it for itself
      } else if (!inSet && c == '[') {
        inSet = true;
        pattern.append('[');
        if (word.charAt(i + 1) == '^' || word.charAt(i + 1) == '!') {
          pattern.append('!');
          i++;
        }
      } else if (inSet && c == ']') {
        inSet = false;
        pattern.append(']');
      } else if (!inSet && (c == '{' || c == '}')) {
        pattern.append('\\').append(c);
      } else {
        pattern.append(c);
      }
    }
    return pattern.toString();
  }

  /** For sets that only expressions have: the same as one that {@code grep} would take. */
  private static String asExpression(String word) {
    StringBuilder expression = new StringBuilder("^");
    int at = 0;
    while (at < word.length()) {
      char c = word.charAt(at++);
      int end = c == '[' ? endOfSet(word, at) : -1;
      if (end > 0) {
        String set = word.substring(at, end);
        expression
            .append('[')
            .append(set.startsWith("!") ? "^" + set.substring(1) : set)
            .append(']');
        at = end + 1;
      } else if (c == '*') {
        expression.append(".*");
      } else if (c == '?') {
        expression.append('.');
      } else {
        expression.append("[.^$".indexOf(c) >= 0 ? "\\" : "").append(c);
      }
    }
    return expression.append('$').toString();
  }

  /** Where the set whose inside begins at {@code from} is closed; -1: nowhere. */
  private static int endOfSet(String word, int from) {
    int at = from;
    if (at < word.length() && "!^".indexOf(word.charAt(at)) >= 0) {
      at++;
    }
    at++; // a ']' that comes first belongs to the set
    while (at < word.length() && word.charAt(at) != ']') {
      int classEnd = word.startsWith("[:", at) ? word.indexOf(":]", at + 2) : -1;
      at = classEnd < 0 ? at + 1 : classEnd + 2;
    }
    return at < word.length() ? at : -1;
  }
}
