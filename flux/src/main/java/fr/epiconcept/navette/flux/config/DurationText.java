package fr.epiconcept.navette.flux.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How durations are written: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h30m}, {@code 2d}. */
final class DurationText {
  private static final String EXPECTED =
      "expected a duration such as 500ms, 10s, 5m, 1h30m or 2d (units ms, s, m, h, d; the large"
          + " ones first)";

  // Seven digits a unit: far beyond any bound, and no sum of them overflows.
  private static final Pattern SHAPE =
      Pattern.compile(
          "(?:(\\d{1,7})d)?(?:(\\d{1,7})h)?(?:(\\d{1,7})m(?!s))?(?:(\\d{1,7})s)?(?:(\\d{1,7})ms)?");

  private static final Pattern BARE = Pattern.compile("[+-]?[0-9.]+");

  private static final Duration[] UNITS = {
    Duration.ofDays(1),
    Duration.ofHours(1),
    Duration.ofMinutes(1),
    Duration.ofSeconds(1),
    Duration.ofMillis(1)
  };
  private static final String[] NAMES = {"d", "h", "m", "s", "ms"};

  private DurationText() {}

  static Parsed<Duration> parse(String text) {
    if (BARE.matcher(text).matches()) {
      return Parsed.bad("'" + text + "' is a bare number, say a unit: " + EXPECTED);
    }
    Matcher shape = SHAPE.matcher(text);
    if (text.isEmpty() || !shape.matches()) {
      return Parsed.bad("'" + text + "' is no duration: " + EXPECTED);
    }
    Duration sum = Duration.ZERO;
    for (int i = 0; i < UNITS.length; i++) {
      String digits = shape.group(i + 1);
      if (digits != null) {
        sum = sum.plus(UNITS[i].multipliedBy(Long.parseLong(digits)));
      }
    }
    return Parsed.good(sum);
  }

  /** Reads a duration that must lie within bounds, both included. */
  static Parsed<Duration> parse(String text, Duration least, Duration most) {
    Parsed<Duration> parsed = parse(text);
    if (parsed instanceof Parsed.Good<Duration> good
        && (good.value().compareTo(least) < 0 || good.value().compareTo(most) > 0)) {
      return Parsed.bad(
          "'" + text + "' is out of range: expected " + spell(least) + " to " + spell(most));
    }
    return parsed;
  }

  /** The shortest way to write {@code duration}, which {@link #parse} reads again. */
  static String spell(Duration duration) {
    StringBuilder text = new StringBuilder();
    Duration rest = duration;
    for (int i = 0; i < UNITS.length; i++) {
      long count = rest.dividedBy(UNITS[i]);
      if (count > 0) {
        text.append(count).append(NAMES[i]);
        rest = rest.minus(UNITS[i].multipliedBy(count));
      }
    }
    return text.length() == 0 ? "0s" : text.toString();
  }
}
