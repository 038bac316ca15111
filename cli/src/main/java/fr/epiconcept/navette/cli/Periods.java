package fr.epiconcept.navette.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as people write and read them at night: one number, one unit. */
final class Periods {
  private static final Pattern SHAPE = Pattern.compile("(\\d{1,6})\\s*(s|m|min|h|d)");

  private Periods() {}

  /** The period of {@code 90s}, {@code 10m}, {@code 12h} or {@code 7d}. */
  static Optional<Duration> parse(String text) {
    Matcher shape = SHAPE.matcher(text.strip());
    if (!shape.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(shape.group(1));
    return Optional.of(
        switch (shape.group(2)) {
          case "s" -> Duration.ofSeconds(number);
          case "h" -> Duration.ofHours(number);
          case "d" -> Duration.ofDays(number);
          default -> Duration.ofMinutes(number);
        });
  }

  /** How long it is from one to the other. */
  static String between(Instant from, Instant to) {
    return rough(Duration.between(from, to));
  }

  /** In the largest unit of which there are two: {@code 90 s}, {@code 3 min}, {@code 2 h}. */
  static String rough(Duration period) {
    long seconds = Math.max(0, period.toSeconds());
    if (seconds < 120) {
      return seconds + " s";
    }
    if (seconds < 2 * 3600) {
      return seconds / 60 + " min";
    }
    return seconds < 48 * 3600 ? seconds / 3600 + " h" : seconds / 86_400 + " d";
  }
}
