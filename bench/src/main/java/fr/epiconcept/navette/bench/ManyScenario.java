package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** As many files at once as in small, in one flux and spread over a hundred. */
final class ManyScenario implements Scenario {
  private static final int FLUXES = 100;
  private static final String ALONE = "alone";

  @Override
  public String name() {
    return "many";
  }

  @Override
  public void run(Lab lab, Results results) throws IOException, InterruptedException {
    int files = lab.number(Option.SMALL_FILES);
    List<Flux> fluxes = Flux.among(FLUXES + 1, Flux.named(ALONE));
    try (Site site = Site.started(lab, "many", fluxes)) {
      Carrier alone = site.carrier(ALONE);
      List<Carrier> hundred = new ArrayList<>();
      for (Flux flux : fluxes.subList(1, fluxes.size())) {
        hundred.add(site.carrier(flux.name()));
      }
      Warmth.bring(lab, alone);
      for (int round = 1; round <= lab.number(Option.RUNS); round++) {
        measure(lab, results, "1 flux", List.of(alone), files);
        measure(lab, results, "100 fluxes", hundred, Math.max(1, files / FLUXES));
      }
    }
  }

  private void measure(Lab lab, Results results, String what, List<Carrier> carriers, int each)
      throws IOException, InterruptedException {
    lab.quiet();
    BatchProbe.Batch batch =
        BatchProbe.of(carriers, BatchProbe.Sign.SCRIPT_ENDED, each, lab.number(Option.SIZE));
    results.add(name(), what, Results.NAVETTE, Unit.FILES_PER_SECOND, batch.filesPerSecond());
    results.add(
        name(), "CPU, " + what, Results.NAVETTE, Unit.CPU_PER_THOUSAND, batch.cpuPerThousand());
    lab.say("many, %s: %s files/s".formatted(what, Unit.shown(batch.filesPerSecond())));
  }
}
