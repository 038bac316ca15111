package fr.epiconcept.navette.flux;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a flux: that of its file in {@code flux.d} without {@code .yml}.
 *
 * <p>It becomes part of queue names, role names and paths, so it is kept to ASCII letters, digits,
 * {@code _} and {@code -}, begins with a letter or digit, and has at most 64 characters. A dot is
 * not allowed: {@code flux.a.return} must never be two things.
 */
public record FluxName(String value) implements Comparable<FluxName> {
  /** What a name looks like, in words, for messages. */
  public static final String RULE =
      "1 to 64 ASCII letters, digits, '_' or '-', the first one a letter or digit";

  private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if it breaks {@link #RULE}
   */
  public FluxName {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException("'" + value + "' is no flux name: " + RULE);
    }
  }

  /** The flux of that name, or nothing if it breaks {@link #RULE}. */
  public static Optional<FluxName> parse(String text) {
    return SHAPE.matcher(text).matches() ? Optional.of(new FluxName(text)) : Optional.empty();
  }

  @Override
  public int compareTo(FluxName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
