package fr.epiconcept.navette.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/**
 * A time as people write it: {@code 2026-11-24}, {@code 2026-11-24T18:00} (or with a blank, or with
 * seconds), local, or with an offset ({@code …T18:00:00+01:00}); where a time to come is asked for,
 * also {@code 18:00}, the next one, and {@code 2h30m} from now.
 *
 * @param text as it was written
 */
record Moment(String text) {
  /** What can be written, for help. */
  static final String SHAPES = "2026-11-24, 2026-11-24T18:00 or with an offset; local time";

  /** What can be written where a time to come is asked for, for help. */
  static final String SHAPES_TO_COME = "18:00 (the next), 2h30m (from now), " + SHAPES;

  private static final Pattern FROM_NOW =
      Pattern.compile("(?:([0-9]{1,4})d)?(?:([0-9]{1,4})h)?(?:([0-9]{1,4})m)?");

  Moment {
    if (!isRelative(text)) {
      // Faults are said before anything is done.
      parse(text, ZoneId.of("UTC"), false);
    }
  }

  /** The beginning of it: of a date the first instant of that day. */
  Instant start(ZoneId zone) {
    return parse(dated(), zone, false);
  }

  /** The end of it: of a date the first instant of the day after. */
  Instant end(ZoneId zone) {
    return parse(dated(), zone, true);
  }

  private String dated() {
    if (isRelative(text)) {
      throw wrong(text);
    }
    return text;
  }

  private static boolean isRelative(String text) {
    return text.matches("[0-9]{1,2}:[0-9]{2}") || isFromNow(text);
  }

  private static boolean isFromNow(String text) {
    return !text.isEmpty() && FROM_NOW.matcher(text).matches();
  }

  /** The next time that it is so late, or so long from now, or else {@link #start}. */
  Instant next(Instant now, ZoneId zone) {
    if (isFromNow(text)) {
      return now.plus(fromNow());
    }
    if (!text.matches("[0-9]{1,2}:[0-9]{2}")) {
      return start(zone);
    }
    try {
      LocalTime time = LocalTime.parse(text.length() == 4 ? "0" + text : text);
      ZonedDateTime today = now.atZone(zone).with(time);
      ZonedDateTime next = today.toInstant().isAfter(now) ? today : today.plusDays(1);
      return next.toInstant();
    } catch (DateTimeException e) {
      throw wrong(text);
    }
  }

  private Duration fromNow() {
    Matcher parts = FROM_NOW.matcher(text);
    parts.matches();
    return Duration.ofDays(number(parts.group(1)))
        .plusHours(number(parts.group(2)))
        .plusMinutes(number(parts.group(3)));
  }

  private static long number(String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }

  private static Instant parse(String text, ZoneId zone, boolean end) {
    String joined = text.strip().replace(' ', 'T');
    try {
      if (joined.indexOf('T') < 0) {
        LocalDate day = LocalDate.parse(joined);
        return (end ? day.plusDays(1) : day).atStartOfDay(zone).toInstant();
      }
      return joined.matches(".*T.*([+-].*|Z)")
          ? OffsetDateTime.parse(joined).toInstant()
          : LocalDateTime.parse(joined).atZone(zone).toInstant();
    } catch (DateTimeException e) {
      throw wrong(text);
    }
  }

  private static TypeConversionException wrong(String text) {
    return new TypeConversionException("'" + text + "' is no such time; write " + SHAPES);
  }
}
