package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Nothing happens: what do both daemons use meanwhile? */
final class IdleScenario implements Scenario {
  /** After its start a daemon still compiles and tidies up. */
  private static final int SETTLING_SECONDS = 20;

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public void run(Lab lab, Results results) throws IOException, InterruptedException {
    int fluxes = lab.number(Option.FLUXES);
    try (Site few = Site.started(lab, "idle", Flux.named("labo"));
        Site many = Site.started(lab, "idle-many", Flux.among(fluxes, Flux.named("labo")))) {
      TimeUnit.SECONDS.sleep(SETTLING_SECONDS);
      for (int round = 1; round <= lab.number(Option.RUNS); round++) {
        measure(lab, results, few, "");
        measure(lab, results, many, ", many fluxes");
      }
    }
    results.note(
        name(),
        "many fluxes: %d; measured over %d s, before any file, with the heap that the launcher gives."
            .formatted(fluxes, lab.number(Option.IDLE)));
  }

  private void measure(Lab lab, Results results, Site site, String where)
      throws IOException, InterruptedException {
    int seconds = lab.number(Option.IDLE);
    double before = Usage.cpu(site.both());
    TimeUnit.SECONDS.sleep(seconds);
    double percent = (Usage.cpu(site.both()) - before) / seconds * 100;
    double ingest = Usage.resident(List.of(site.ingest()));
    double worker = Usage.resident(List.of(site.worker()));
    String system = Results.NAVETTE;
    results.add(name(), "CPU of both" + where, system, Unit.PERCENT_OF_A_CORE, percent);
    results.add(name(), "RSS of ingest" + where, system, Unit.MEGABYTES, ingest);
    results.add(name(), "RSS of worker" + where, system, Unit.MEGABYTES, worker);
    lab.say(
        "idle%s: CPU %s %%, ingest %s MB, worker %s MB"
            .formatted(where, Unit.shown(percent), Unit.shown(ingest), Unit.shown(worker)));
  }
}
