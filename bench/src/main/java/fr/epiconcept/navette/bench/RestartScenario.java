package fr.epiconcept.navette.bench;

import java.io.IOException;

/** From the start of the process to its word that it is ready; nothing waits. */
final class RestartScenario implements Scenario {
  /** A start is quick, and starts differ: more of them than of other rounds. */
  private static final int STARTS_A_ROUND = 2;

  @Override
  public String name() {
    return "restart";
  }

  @Override
  public void run(Lab lab, Results results) throws IOException, InterruptedException {
    try (Site site = Site.started(lab, "restart", Flux.named("labo"))) {
      site.stopBoth(); // the first start makes the broker's files
      for (int start = 1; start <= STARTS_A_ROUND * lab.number(Option.RUNS); start++) {
        double ingest = site.startIngest().toMillis() / 1e3;
        double worker = site.startWorker().toMillis() / 1e3;
        results.add(name(), "ingest ready", Results.NAVETTE, Unit.SECONDS, ingest);
        results.add(name(), "worker ready", Results.NAVETTE, Unit.SECONDS, worker);
        lab.say("restart %d: ingest %.2f s, worker %.2f s".formatted(start, ingest, worker));
        site.stopBoth();
      }
    }
  }
}
