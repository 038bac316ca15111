package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One pair with many fluxes: what each of them costs at rest, and whether any starves while all of
 * them are offered more files than the machine bears.
 */
final class ScaleScenario implements Scenario {
  /** After its start a daemon still compiles and tidies up. */
  private static final int SETTLING_SECONDS = 20;

  private static final int WARM = 4;

  @Override
  public String name() {
    return "scale";
  }

  @Override
  public void run(Lab lab, Results results) throws IOException, InterruptedException {
    List<Flux> fluxes = Flux.among(lab.number(Option.FLUXES));
    try (Site site = Site.laidOut(lab, "scale", fluxes)) {
      starts(site, results);
      TimeUnit.SECONDS.sleep(SETTLING_SECONDS);
      atRest(lab, results, site.ingest(), "ingest");
      atRest(lab, results, site.worker(), "worker");
      List<Carrier> carriers = new ArrayList<>();
      for (Flux flux : fluxes) {
        carriers.add(site.carrier(flux.name()));
      }
      int rate = lab.number(Option.SCALE_RATE);
      offer(lab, carriers, WARM, rate);
      for (int round = 1; round <= lab.number(Option.RUNS); round++) {
        lab.quiet();
        Appetite.Most most = Appetite.watching(site.ingest(), site.worker());
        EvenProbe.Waits waits = offer(lab, carriers, lab.number(Option.SCALE_FILES), rate);
        most.end().forEach(each -> each.tell(lab, results, name()));
        tell(lab, results, waits);
      }
    }
    results.note(
        name(),
        "%d fluxes; each gets its files in turn with all others, %d files/s over all, which is more"
                .formatted(fluxes.size(), lab.number(Option.SCALE_RATE))
            + " than the machine bears. A wait is from the rename into the inbox to the end of the"
            + " script; of each flux the longest counts.");
  }

  private void starts(Site site, Results results) throws IOException, InterruptedException {
    site.command("check", "--offline");
    String navette = Results.NAVETTE;
    results.add(name(), "navette check", navette, Unit.SECONDS, seconds(site, "check"));
    double idle = seconds(site, "--help");
    double read = seconds(site, "check", "--offline");
    results.add(name(), "navette check --offline", navette, Unit.SECONDS, read);
    results.add(
        name(),
        "configuration read and tried",
        navette,
        Unit.SECONDS,
        seconds(site, "check") - idle);
    double ingest = site.startIngest().toMillis() / 1e3;
    results.add(name(), "ingest ready", navette, Unit.SECONDS, ingest);
    double worker = site.startWorker().toMillis() / 1e3;
    results.add(name(), "worker ready", navette, Unit.SECONDS, worker);
  }

  private void atRest(Lab lab, Results results, ProcessHandle daemon, String who)
      throws IOException {
    Appetite.now(daemon, who + ", at rest").tell(lab, results, name());
    int watches = Usage.watches(daemon);
    results.add(name(), "inotify watches of " + who, Results.NAVETTE, Unit.COUNT, watches);
    lab.say("scale: %s has %d inotify watches".formatted(who, watches));
  }

  private static double seconds(Site site, String... words)
      throws IOException, InterruptedException {
    long begun = System.nanoTime();
    site.command(words);
    return (System.nanoTime() - begun) / 1e9;
  }

  private static EvenProbe.Waits offer(Lab lab, List<Carrier> carriers, int each, int rate)
      throws IOException, InterruptedException {
    EvenProbe.Waits waits = EvenProbe.of(carriers, each, lab.number(Option.SIZE), rate);
    for (Carrier carrier : carriers) {
      carrier.settle();
    }
    return waits;
  }

  private void tell(Lab lab, Results results, EvenProbe.Waits waits) {
    String system = Results.NAVETTE;
    Distribution longest = Distribution.of(waits.longest());
    double ratio = longest.most() / longest.median();
    results.add(name(), "files done", system, Unit.FILES_PER_SECOND, waits.filesPerSecond());
    results.add(name(), "longest wait of the median flux", system, Unit.SECONDS, longest.median());
    results.add(name(), "longest wait of the slowest flux", system, Unit.SECONDS, longest.most());
    results.add(
        name(), "longest wait of the slowest flux : of the median one", system, Unit.TIMES, ratio);
    lab.say(
        "scale: %s files/s, longest wait %s s of the median flux, %s s of the slowest: %s times"
            .formatted(
                Unit.shown(waits.filesPerSecond()),
                Unit.shown(longest.median()),
                Unit.shown(longest.most()),
                Unit.shown(ratio)));
  }
}
