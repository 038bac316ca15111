package fr.epiconcept.navette.bench;

import java.util.Locale;

/** What a figure counts. */
enum Unit {
  MILLIS("ms"),
  SECONDS("s"),
  FILES_PER_SECOND("files/s"),
  CPU_PER_THOUSAND("CPU s per 1,000 files"),
  MB_PER_SECOND("MB/s"),
  MEGABYTES("MB"),
  PERCENT_OF_A_CORE("% of a core"),
  COUNT("number"),
  TIMES("times"),
  PER_FILE("per file");

  final String label;

  Unit(String label) {
    this.label = label;
  }

  /** With three digits that tell something, and none that does not. */
  static String shown(double value) {
    double size = Math.abs(value);
    String pattern = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, pattern, value);
  }
}
