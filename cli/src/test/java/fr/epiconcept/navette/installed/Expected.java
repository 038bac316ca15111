package fr.epiconcept.navette.installed;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Output as a page shows it: {@code …} is any text of a line; alone on a line, any lines. */
final class Expected {
  private static final String ANY = "…";

  private Expected() {}

  static boolean fits(List<String> expected, String output) {
    String got = String.join("\n", Document.withoutEmptyEnd(List.of(output.split("\n", -1))));
    String pattern = expected.stream().map(Expected::line).collect(Collectors.joining());
    return Pattern.compile(pattern).matcher(got.isEmpty() ? "" : got + "\n").matches();
  }

  private static String line(String expected) {
    if (expected.strip().equals(ANY)) {
      return "(?:[^\\n]*\\n)*";
    }
    // Blanks at the end are seen by nobody
    return Stream.of(expected.stripTrailing().split(ANY, -1))
        .map(Pattern::quote)
        .collect(Collectors.joining("[^\\n]*", "", "[ \\t\\r]*\\n"));
  }
}
