package fr.epiconcept.navette.flux.config;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words in braces that a command may hold. */
final class Placeholders {
  /** What a check is told. */
  static final List<String> OF_CHECK = List.of("file", "name", "id", "flux", "subfolder");

  /** What a script is told. */
  static final List<String> OF_SCRIPT =
      List.of("file", "name", "id", "flux", "out", "attempt", "subfolder");

  // Only what looks like a word: {}, {"json": 1} and awk's {print $1} are the command's own.
  private static final Pattern WORD = Pattern.compile("\\{([A-Za-z][A-Za-z0-9_-]*)\\}");

  private Placeholders() {}

  /** What is wrong with the words in braces of {@code text}, if anything is. */
  static Optional<String> complaint(String text, List<String> known) {
    Matcher word = WORD.matcher(text);
    while (word.find()) {
      String name = word.group(1);
      if (!known.contains(name)) {
        if (known.isEmpty()) {
          return Optional.of(
              "unknown placeholder {" + name + "}: nothing is filled in here, see NAVETTE_…");
        }
        String hint = Nearest.to(name, known).map(w -> "did you mean {" + w + "}? ").orElse("");
        return Optional.of(
            "unknown placeholder {"
                + name
                + "}: "
                + hint
                + "known ones: {"
                + String.join("}, {", known)
                + "}");
      }
    }
    return Optional.empty();
  }
}
