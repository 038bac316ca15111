package fr.epiconcept.navette.flux.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How sizes are written: {@code 100B}, {@code 64KiB}, {@code 512MiB}, {@code 10GB}. */
final class SizeText {
  private static final String EXPECTED =
      "expected a size such as 100B, 64KiB, 512MiB or 10GB (KiB, MiB, GiB, TiB are powers of 1024,"
          + " kB, MB, GB, TB of 1000)";

  // Six digits: the largest unit times that still is a long.
  private static final Pattern SHAPE = Pattern.compile("(\\d{1,6})([A-Za-z]+)");

  private static final Pattern BARE = Pattern.compile("[+-]?[0-9.]+");

  private static final Map<String, Long> UNITS = units();

  private SizeText() {}

  private static Map<String, Long> units() {
    Map<String, Long> units = new LinkedHashMap<>();
    units.put("TiB", 1L << 40);
    units.put("GiB", 1L << 30);
    units.put("MiB", 1L << 20);
    units.put("KiB", 1L << 10);
    units.put("TB", 1_000_000_000_000L);
    units.put("GB", 1_000_000_000L);
    units.put("MB", 1_000_000L);
    units.put("kB", 1_000L);
    units.put("KB", 1_000L);
    units.put("B", 1L);
    return units;
  }

  /** Reads a number of bytes that must lie within bounds, both included. */
  static Parsed<Long> parse(String text, long least, long most) {
    if (BARE.matcher(text).matches()) {
      return Parsed.bad("'" + text + "' is a bare number, say a unit: " + EXPECTED);
    }
    Matcher shape = SHAPE.matcher(text);
    if (!shape.matches() || !UNITS.containsKey(shape.group(2))) {
      return Parsed.bad("'" + text + "' is no size: " + EXPECTED);
    }
    long bytes = Long.parseLong(shape.group(1)) * UNITS.get(shape.group(2));
    if (bytes < least || bytes > most) {
      return Parsed.bad(
          "'" + text + "' is out of range: expected " + spell(least) + " to " + spell(most));
    }
    return Parsed.good(bytes);
  }

  /** The largest unit that leaves no rest. */
  static String spell(long bytes) {
    for (Map.Entry<String, Long> unit : UNITS.entrySet()) {
      if (bytes > 0 && bytes % unit.getValue() == 0) {
        return bytes / unit.getValue() + unit.getKey();
      }
    }
    return bytes + "B";
  }
}
