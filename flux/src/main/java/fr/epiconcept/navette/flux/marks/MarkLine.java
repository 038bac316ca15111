package fr.epiconcept.navette.flux.marks;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One step as a mark keeps it: {@code step key=value …}, values in percent spelling.
 *
 * @param step a word
 * @param values by key, in the order of writing
 */
public record MarkLine(String step, Map<String, String> values) {

  /** A line of alternating keys and values; a null value leaves its key out. */
  public static MarkLine of(String step, Object... keysAndValues) {
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 0; i + 1 < keysAndValues.length; i += 2) {
      if (keysAndValues[i + 1] != null) {
        values.put((String) keysAndValues[i], keysAndValues[i + 1].toString());
      }
    }
    return new MarkLine(step, values);
  }

  /** The step that {@link #toString} spelled, or nothing. */
  public static Optional<MarkLine> parse(String line) {
    String[] words = line.split(" ", -1);
    Map<String, String> values = new LinkedHashMap<>();
    for (int i = 1; i < words.length; i++) {
      int equals = words[i].indexOf('=');
      if (equals < 1) {
        return Optional.empty();
      }
      try {
        values.put(
            words[i].substring(0, equals),
            URLDecoder.decode(words[i].substring(equals + 1), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException notOurSpelling) {
        return Optional.empty();
      }
    }
    return words[0].isEmpty() ? Optional.empty() : Optional.of(new MarkLine(words[0], values));
  }

  /** The value of {@code key}, or nothing. */
  public Optional<String> get(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** The number under {@code key}, or {@code otherwise} where there is none, or a damaged one. */
  public int number(String key, int otherwise) {
    try {
      return get(key).map(Integer::valueOf).orElse(otherwise);
    } catch (NumberFormatException damaged) {
      return otherwise;
    }
  }

  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(step);
    values.forEach(
        (key, value) ->
            line.append(' ')
                .append(key)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return line.toString();
  }
}
