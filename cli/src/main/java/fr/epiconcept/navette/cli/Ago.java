package fr.epiconcept.navette.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/** Times and sizes as people say them: one number, rounded down. */
final class Ago {
  private Ago() {}

  static String between(Instant from, Instant to) {
    return words(Duration.between(from, to));
  }

  static String words(Duration time) {
    if (time.compareTo(Duration.ofDays(2)) >= 0) {
      return time.toDays() + " d";
    }
    if (time.compareTo(Duration.ofHours(2)) >= 0) {
      return time.toHours() + " h";
    }
    if (time.compareTo(Duration.ofMinutes(2)) >= 0) {
      return time.toMinutes() + " min";
    }
    return Math.max(0, time.toSeconds()) + " s";
  }

  static String bytes(long bytes) {
    return bytes >= 10L << 30
        ? (bytes >> 30) + " GiB"
        : String.format(Locale.ROOT, "%d MiB", bytes >> 20);
  }
}
