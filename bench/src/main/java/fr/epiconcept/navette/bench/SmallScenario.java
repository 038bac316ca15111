package fr.epiconcept.navette.bench;

import static fr.epiconcept.navette.bench.BatchProbe.Sign.SCRIPT_ENDED;
import static fr.epiconcept.navette.bench.BatchProbe.Sign.STORED;

import java.io.IOException;

/** Thousands of small files at once. */
final class SmallScenario implements Scenario {
  /** Files by which we see whether files are stored while a script waits. */
  private static final int TRIAL = 200;

  private static final String ONE = "one-lane";
  private static final String FOUR = "four-lanes";

  @Override
  public String name() {
    return "small";
  }

  @Override
  public void run(Lab lab, Results results) throws IOException, InterruptedException {
    HeldTransfer held = HeldTransfer.prepared(lab);
    try (Limit limit = Limit.start(lab);
        Limit bare = Limit.startWithoutScript(lab);
        Site site =
            Site.started(
                lab, "small", Flux.named(ONE), Flux.named(FOUR).concurrency(4), held.flux())) {
      Carrier one = site.carrier(ONE);
      Carrier four = site.carrier(FOUR);
      Warmth.bring(lab, one);
      Warmth.bring(lab, four);
      boolean storesAhead = held.measure(site, TRIAL).isPresent();
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
        BatchProbe.Batch stored = batch(lab, bare, STORED, round, " without script");
        lab.empty(bare.storage());
        transfer(results, Results.LIMIT, stored.filesPerSecond());
        double alone =
            storesAhead
                ? held.measure(site, HeldTransfer.FILES).orElseThrow()
                : ones.filesPerSecondBesideScripts();
        transfer(results, Results.NAVETTE, alone);
        lab.say(
            "small %d, Navette, transfer alone: %s files/s".formatted(round, Unit.shown(alone)));
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
          storesAhead
              ? "transfer alone: of "
                  + HeldTransfer.FILES
                  + " files, while the script of the first one waits."
              : "transfer alone: this build stores a file only when its script may run, so this is"
                  + " the time of concurrency 1 less the time in scripts; marks and outcome are in"
                  + " it.");
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

  private void transfer(Results results, String system, double rate) {
    results.add(name(), "transfer alone", system, Unit.FILES_PER_SECOND, rate);
  }
}
