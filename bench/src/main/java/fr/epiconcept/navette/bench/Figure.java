package fr.epiconcept.navette.bench;

import java.util.ArrayList;
import java.util.List;

/** One thing that was measured on one system, once a round. */
record Figure(String scenario, String what, String system, Unit unit, List<Double> rounds) {
  Figure {
    rounds = List.copyOf(rounds);
  }

  static Figure first(String scenario, String what, String system, Unit unit, double value) {
    return new Figure(scenario, what, system, unit, List.of(value));
  }

  Figure and(double value) {
    List<Double> more = new ArrayList<>(rounds);
    more.add(value);
    return new Figure(scenario, what, system, unit, more);
  }

  Distribution distribution() {
    return Distribution.of(rounds);
  }

  double median() {
    return distribution().median();
  }

  /** The median, and between which values the rounds were. */
  String shown() {
    Distribution all = distribution();
    String median = Unit.shown(all.median());
    return all.count() == 1
        ? median
        : "%s (%s–%s)".formatted(median, Unit.shown(all.least()), Unit.shown(all.most()));
  }
}
