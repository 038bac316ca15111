package fr.epiconcept.navette.bench;

import static fr.epiconcept.navette.bench.Results.LIMIT;
import static fr.epiconcept.navette.bench.Results.NAVETTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class TableTest {
  private final Results results = new Results();

  private void latency(double ours, double limit) {
    results.add("latency", "p50", NAVETTE, Unit.MILLIS, ours);
    results.add("latency", "p50", LIMIT, Unit.MILLIS, limit);
  }

  private String row() {
    return new Table(results)
        .markdown()
        .lines()
        .filter(line -> line.startsWith("| p50"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aRowHasTheMedianOfTheRoundsWhatTheyLayBetweenAndItsMultipleOfTheLimit() {
    latency(10, 2);
    latency(30, 2);
    latency(8, 4);

    assertEquals(
        "| p50 | ms | 10.0 (8.00–30.0) | 2.00 (2.00–4.00) | 5.00 | ≤ 6 × limit | met (5.00) |",
        row());
  }

  @Test
  void aGoalThatIsMissedSaysSoWithWhatWasMeasured() {
    latency(14, 2);

    assertTrue(row().endsWith("| **not met** (7.00) |"), row());
  }

  @Test
  void aGoalWhoseOtherSideWasNotMeasuredIsNotMet() {
    results.add("latency", "p50", NAVETTE, Unit.MILLIS, 1);

    assertTrue(row().endsWith("| not measured |"), row());
  }

  @Test
  void aScenarioThatWasLeftOutSaysWhy() {
    results.note("large", "no sshd");

    assertEquals("### large\n\n- no sshd\n", new Table(results).markdown());
    assertFalse(new Table(results).markdown().contains("|"));
  }
}
