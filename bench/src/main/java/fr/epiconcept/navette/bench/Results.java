package fr.epiconcept.navette.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** All that was measured, in the order in which it first was. */
final class Results {
  static final String NAVETTE = "Navette";
  static final String LIMIT = "limit";
  static final String RSYNC = "rsync over ssh";

  private record Key(String scenario, String what, String system) {}

  private final Map<Key, Figure> figures = new LinkedHashMap<>();
  private final Map<String, List<String>> notes = new LinkedHashMap<>();

  void add(String scenario, String what, String system, Unit unit, double value) {
    figures.merge(
        new Key(scenario, what, system),
        Figure.first(scenario, what, system, unit, value),
        (before, now) -> before.and(value));
  }

  /** A line below the table of a scenario: what was left out, and why. */
  void note(String scenario, String line) {
    List<String> lines = notes.computeIfAbsent(scenario, each -> new ArrayList<>());
    if (!lines.contains(line)) {
      lines.add(line);
    }
  }

  List<String> notes(String scenario) {
    return List.copyOf(notes.getOrDefault(scenario, List.of()));
  }

  List<Figure> all() {
    return List.copyOf(figures.values());
  }

  List<Figure> of(String scenario) {
    return figures.values().stream().filter(each -> each.scenario().equals(scenario)).toList();
  }

  /** All scenarios that have a figure or a note. */
  List<String> scenarios() {
    List<String> names = new ArrayList<>();
    figures.values().stream().map(Figure::scenario).forEach(names::add);
    names.addAll(notes.keySet());
    return names.stream().distinct().toList();
  }

  OptionalDouble median(String scenario, String what, String system) {
    Figure figure = figures.get(new Key(scenario, what, system));
    return figure == null ? OptionalDouble.empty() : OptionalDouble.of(figure.median());
  }

  /** Navette's median for one thing, as a multiple of another median. */
  OptionalDouble ratio(String scenario, String what, OptionalDouble to) {
    OptionalDouble ours = median(scenario, what, NAVETTE);
    return ours.isPresent() && to.isPresent() && to.getAsDouble() > 0
        ? OptionalDouble.of(ours.getAsDouble() / to.getAsDouble())
        : OptionalDouble.empty();
  }

  OptionalDouble ratioTo(String scenario, String what, String system) {
    return ratio(scenario, what, median(scenario, what, system));
  }
}
