package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.util.List;

/** One file at a time, from its deposit to the start of its script. */
final class LatencyScenario implements Scenario {
  private static final String FLUX = "labo";
  private static final String WAITING = "waiting";

  @Override
  public String name() {
    return "latency";
  }

  @Override
  public void run(Lab lab, Results results) throws IOException, InterruptedException {
    int fluxes = lab.number(Option.FLUXES);
    try (Limit limit = Limit.start(lab);
        Site plain = Site.started(lab, "latency", Flux.named(FLUX));
        Site many = Site.started(lab, "latency-many", Flux.among(fluxes, Flux.named(FLUX)));
        Site waiting =
            Site.started(lab, "latency-waiting", Flux.named(FLUX), Flux.named(WAITING))) {
      fill(lab, waiting);
      List<Way> ways =
          List.of(
              new Way(limit, ""),
              new Way(plain.carrier(FLUX), ""),
              new Way(many.carrier(FLUX), ", many fluxes"),
              new Way(waiting.carrier(FLUX), ", others wait"));
      for (Way way : ways) {
        Warmth.bring(lab, way.carrier());
      }
      for (int round = 1; round <= lab.number(Option.RUNS); round++) {
        for (Way way : ways) {
          measure(lab, results, way, round);
        }
      }
      results.note(
          name(),
          "many fluxes: %d are configured; others wait: %d files wait in a flux that is held."
              .formatted(fluxes, lab.number(Option.WAITING)));
    }
  }

  private record Way(Carrier carrier, String where) {}

  private void measure(Lab lab, Results results, Way way, int round)
      throws IOException, InterruptedException {
    lab.quiet();
    Distribution millis =
        LatencyProbe.of(way.carrier(), lab.number(Option.LATENCY_FILES), lab.number(Option.SIZE));
    String system = way.carrier().system();
    results.add(name(), "p50" + way.where(), system, Unit.MILLIS, millis.percentile(50));
    results.add(name(), "p99" + way.where(), system, Unit.MILLIS, millis.percentile(99));
    lab.say(
        "latency %d, %s%s: p50 %s ms, p99 %s ms"
            .formatted(
                round,
                system,
                way.where(),
                Unit.shown(millis.percentile(50)),
                Unit.shown(millis.percentile(99))));
    way.carrier().settle();
  }

  /** Files that are published, and wait in the broker because their flux is held. */
  private static void fill(Lab lab, Site site) throws IOException, InterruptedException {
    int files = lab.number(Option.WAITING);
    site.command("hold", WAITING, "--why", "bench");
    Carrier carrier = site.carrier(WAITING);
    Deposits.staged(carrier, files, lab.number(Option.SIZE)).depositAll();
    Emptiness.await(List.of(carrier.inbox(), site.spool(WAITING).resolve("claimed")));
    lab.say("%d files wait in another flux".formatted(files));
  }
}
