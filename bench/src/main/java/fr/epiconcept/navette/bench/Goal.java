package fr.epiconcept.navette.bench;

import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * What a figure should be.
 *
 * @param words as people say it
 * @param measure what is held against the bound; nothing if it was not measured
 */
record Goal(
    String scenario,
    String what,
    String words,
    Function<Results, OptionalDouble> measure,
    Bound bound,
    double at) {

  /** On which side of the bound it is good. */
  enum Bound {
    AT_MOST {
      @Override
      boolean admits(double value, double at) {
        return value <= at;
      }
    },
    AT_LEAST {
      @Override
      boolean admits(double value, double at) {
        return value >= at;
      }
    };

    abstract boolean admits(double value, double at);
  }

  /** Navette's own median. */
  static Goal atMost(String scenario, String what, String words, double at) {
    return new Goal(
        scenario,
        what,
        words,
        results -> results.median(scenario, what, Results.NAVETTE),
        Bound.AT_MOST,
        at);
  }

  /** Navette's median as a multiple of another system's. */
  static Goal against(
      String scenario, String what, String system, String words, Bound bound, double at) {
    return new Goal(
        scenario, what, words, results -> results.ratioTo(scenario, what, system), bound, at);
  }

  /** Navette's median as a multiple of its median of something else. */
  static Goal beside(
      String scenario, String what, String other, String words, Bound bound, double at) {
    return new Goal(
        scenario,
        what,
        words,
        results -> results.ratio(scenario, what, results.median(scenario, other, Results.NAVETTE)),
        bound,
        at);
  }

  /** What came out. */
  Verdict verdict(Results results) {
    OptionalDouble value = measure.apply(results);
    if (value.isEmpty()) {
      return new Verdict.NotMeasured();
    }
    return new Verdict.Measured(value.getAsDouble(), bound.admits(value.getAsDouble(), at));
  }

  /** Whether it is met. */
  sealed interface Verdict {
    /** For the table. */
    String shown();

    record NotMeasured() implements Verdict {
      @Override
      public String shown() {
        return "not measured";
      }
    }

    record Measured(double value, boolean met) implements Verdict {
      @Override
      public String shown() {
        return (met ? "met" : "**not met**") + " (" + Unit.shown(value) + ")";
      }
    }
  }
}
