package fr.epiconcept.navette.flux.config;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** How the values of an enum are written: in small letters, with {@code -} for {@code _}. */
final class Choice {
  private static final Map<ReadyRules.Marker, String> MARKERS =
      Map.of(
          ReadyRules.Marker.NONE, "none",
          ReadyRules.Marker.OK_FOLDER, ".ok/{name}",
          ReadyRules.Marker.OK_SUFFIX, "{name}.ok");

  private Choice() {}

  static <E extends Enum<E>> Parsed<E> parse(String text, Class<E> type) {
    Map<String, E> known = new LinkedHashMap<>();
    for (E constant : type.getEnumConstants()) {
      known.put(spell(constant), constant);
    }
    if (known.containsKey(text)) {
      return Parsed.good(known.get(text));
    }
    return Parsed.bad(
        "unknown value '"
            + text
            + "'"
            + Nearest.hint(text, known.keySet())
            + " expected one of "
            + String.join(", ", known.keySet()));
  }

  static String spell(Enum<?> constant) {
    if (constant instanceof ReadyRules.Marker marker) {
      return MARKERS.get(marker);
    }
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
