package fr.epiconcept.navette.bench;

import static fr.epiconcept.navette.bench.Results.LIMIT;
import static fr.epiconcept.navette.bench.Results.NAVETTE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class GoalsTest {
  private final Results results = new Results();

  private String verdict(String scenario, String what) {
    List<Goal> goals = Goals.of(scenario, what);
    assertEquals(1, goals.size(), "one goal for " + what);
    return goals.get(0).verdict(results).shown();
  }

  @Test
  void moreFilesASecondThanTheWantedPartOfTheLimitIsGood() {
    results.add("small", "concurrency 1", LIMIT, Unit.FILES_PER_SECOND, 100);
    results.add("small", "concurrency 1", NAVETTE, Unit.FILES_PER_SECOND, 60);

    assertEquals("met (0.60)", verdict("small", "concurrency 1"));
  }

  @Test
  void fewerAreNot() {
    results.add("small", "concurrency 4", LIMIT, Unit.FILES_PER_SECOND, 100);
    results.add("small", "concurrency 4", NAVETTE, Unit.FILES_PER_SECOND, 99);

    assertEquals("**not met** (0.99)", verdict("small", "concurrency 4"));
  }

  @Test
  void theSlowestFilesAreHeldAgainstOurOwnMedian() {
    results.add("latency", "p50", NAVETTE, Unit.MILLIS, 10);
    results.add("latency", "p99", NAVETTE, Unit.MILLIS, 31);

    assertEquals("**not met** (3.10)", verdict("latency", "p99"));
  }

  @Test
  void someAreHeldAgainstAFigureOfTheirOwn() {
    results.add("restart", "worker ready", NAVETTE, Unit.SECONDS, 2.5);

    assertEquals("met (2.50)", verdict("restart", "worker ready"));
  }
}
