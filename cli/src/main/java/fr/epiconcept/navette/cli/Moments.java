package fr.epiconcept.navette.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Moments as people read them, in their own time zone. */
final class Moments {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

  private Moments() {}

  static String of(Instant moment, ZoneId zone) {
    return SECONDS.format(moment.atZone(zone));
  }

  static String day(Instant moment, ZoneId zone) {
    return DAY.format(moment.atZone(zone));
  }

  static String time(Instant moment, ZoneId zone) {
    return TIME.format(moment.atZone(zone));
  }
}
