package fr.epiconcept.navette.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import picocli.CommandLine.TypeConversionException;

/**
 * A time as people write it: {@code 2026-11-24}, {@code 2026-11-24T18:00} (or with a blank, or with
 * seconds), local, or with an offset ({@code …T18:00:00+01:00}); {@code 18:00} of a day that the
 * command knows.
 *
 * @param text as it was written
 */
record Moment(String text) {
  /** What can be written, for help. */
  static final String SHAPES = "2026-11-24, 2026-11-24T18:00 or with an offset; local time";

  Moment {
    if (!text.matches("[0-9]{1,2}:[0-9]{2}")) {
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
    if (text.matches("[0-9]{1,2}:[0-9]{2}")) {
      throw wrong(text);
    }
    return text;
  }

  /** The next time that it is so late, or else {@link #start}. */
  Instant next(Instant now, ZoneId zone) {
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
