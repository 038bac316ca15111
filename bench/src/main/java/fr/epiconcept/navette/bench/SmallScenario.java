package fr.epiconcept.navette.bench;

import static fr.epiconcept.navette.bench.BatchProbe.Sign.SCRIPT_ENDED;
import static fr.epiconcept.navette.bench.BatchProbe.Sign.STORED;

import java.io.IOException;

/** Thousands of small files at once. */
final class SmallScenario implements Scenario {
  private static final String ONE = "one-lane";
  private static final String FOUR = "four-lanes";

  @Override
  public String name() {
    return "small";
  }

  @Override
  public void run(Lab lab, Results results) throws IOException, InterruptedException {
    try (Limit limit = Limit.start(lab);
        Limit bare = Limit.startWithoutScript(lab);
        Site site = Site.started(lab, "small", Flux.named(ONE), Flux.named(FOUR).concurrency(4))) {
      Carrier one = site.carrier(ONE);
      Carrier four = site.carrier(FOUR);
      Warmth.bring(lab, one);
      Warmth.bring(lab, four);
      for (int round = 1; round <= lab.number(Option.RUNS); round++) {
        BatchProbe.Batch limits = batch(lab, limit, SCRIPT_ENDED, round, "");
        add(results, "concurrency 1", Results.LIMIT, limits);
        BatchProbe.Batch ones = batch(lab, one, SCRIPT_ENDED, round, ", concurrency 1");
        add(results, "concurrency 1", Results.NAVETTE, ones);
        add(results, "concurrency 4", Results.LIMIT, limits);
        add(
            results,
            "concurrency 4",
            Results.NAVETTE,
            batch(lab, four, SCRIPT_ENDED, round, ", concurrency 4"));
        transfer(results, Results.LIMIT, batch(lab, bare, STORED, round, " without script"));
        transfer(results, Results.NAVETTE, ones);
      }
      results.add(
          name(),
          "peak RSS, both daemons",
          Results.NAVETTE,
          Unit.MEGABYTES,
          Usage.peak(site.both()));
      results.add(
          name(),
          "peak RSS, both daemons",
          Results.LIMIT,
          Unit.MEGABYTES,
          Usage.peak(limit.processes()));
      results.note(
          name(),
          "transfer alone: this build stores a file only when its script may run; so it is the time of"
              + " concurrency 1 less the time in scripts.");
    }
  }

  private BatchProbe.Batch batch(
      Lab lab, Carrier carrier, BatchProbe.Sign sign, int round, String how)
      throws IOException, InterruptedException {
    lab.quiet();
    BatchProbe.Batch batch =
        BatchProbe.of(carrier, sign, lab.number(Option.SMALL_FILES), lab.number(Option.SIZE));
    lab.say(
        "small %d, %s%s: %s files/s, CPU %s s per 1,000"
            .formatted(
                round,
                carrier.system(),
                how,
                Unit.shown(batch.filesPerSecond()),
                Unit.shown(batch.cpuPerThousand())));
    return batch;
  }

  private void add(Results results, String what, String system, BatchProbe.Batch batch) {
    results.add(name(), what, system, Unit.FILES_PER_SECOND, batch.filesPerSecond());
    results.add(name(), "CPU, " + what, system, Unit.CPU_PER_THOUSAND, batch.cpuPerThousand());
  }

  private void transfer(Results results, String system, BatchProbe.Batch batch) {
    results.add(
        name(),
        "transfer alone",
        system,
        Unit.FILES_PER_SECOND,
        batch.filesPerSecondBesideScripts());
  }
}
