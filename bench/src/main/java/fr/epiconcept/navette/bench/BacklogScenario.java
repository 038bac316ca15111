package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.util.List;

/** The worker is away for long, then it comes. */
final class BacklogScenario implements Scenario {
  private static final String FLUX = "labo";
  private static final int PORTIONS = 10;

  @Override
  public String name() {
    return "backlog";
  }

  @Override
  public void run(Lab lab, Results results) throws IOException, InterruptedException {
    int portion = Math.max(1, lab.number(Option.BACKLOG) / PORTIONS);
    // Its size makes it long, and all of it is one course: one round
    try (Site site = Site.laidOut(lab, "backlog", List.of(Flux.named(FLUX).concurrency(4)))) {
      site.startIngest();
      fill(lab, results, site, portion);
      site.stopIngest();
      double restart = site.startIngest().toMillis() / 1e3;
      results.add(name(), "restart of ingest", Results.NAVETTE, Unit.SECONDS, restart);
      lab.say("backlog: ingest restarts in %.2f s".formatted(restart));
      memory(results, site, "RSS of ingest, restarted");
      drain(lab, results, site);
    }
    results.note(
        name(),
        "%d files of %d bytes wait; the worker then works on four at a time, and the first %d are timed."
            .formatted(portion * PORTIONS, lab.number(Option.SIZE), lab.number(Option.DRAIN)));
  }

  private void fill(Lab lab, Results results, Site site, int portion)
      throws IOException, InterruptedException {
    Carrier carrier = site.carrier(FLUX);
    for (int i = 1; i <= PORTIONS; i++) {
      Deposits deposits = Deposits.staged(carrier, portion, lab.number(Option.SIZE));
      lab.quiet();
      long begun = System.nanoTime();
      deposits.depositAll();
      Emptiness.await(List.of(carrier.inbox(), site.spool(FLUX).resolve("claimed")));
      double rate = portion / ((System.nanoTime() - begun) / 1e9);
      results.add(name(), "published", Results.NAVETTE, Unit.FILES_PER_SECOND, rate);
      double resident = Usage.resident(List.of(site.ingest()));
      lab.say(
          "backlog: %d wait, published at %s files/s, ingest %s MB"
              .formatted(i * portion, Unit.shown(rate), Unit.shown(resident)));
      if (i == 1) {
        memory(results, site, "RSS of ingest, a tenth waits");
      }
    }
    memory(results, site, "RSS of ingest, all wait");
  }

  private void memory(Results results, Site site, String what) throws IOException {
    results.add(
        name(), what, Results.NAVETTE, Unit.MEGABYTES, Usage.resident(List.of(site.ingest())));
  }

  private void drain(Lab lab, Results results, Site site) throws IOException, InterruptedException {
    int files = lab.number(Option.DRAIN);
    // Before the worker starts, or the first files would pass unseen
    try (BatchProbe.Watch watch =
        BatchProbe.Watch.over(site.carrier(FLUX), BatchProbe.Sign.SCRIPT_ENDED, files)) {
      site.startWorker();
      BatchProbe.Seen seen = watch.await();
      double rate = (files - 1) / ((seen.last() - seen.first()) / 1e9);
      results.add(name(), "drained", Results.NAVETTE, Unit.FILES_PER_SECOND, rate);
      lab.say("backlog: drained at %s files/s".formatted(Unit.shown(rate)));
    }
    memory(results, site, "RSS of ingest, draining");
    results.add(
        name(),
        "peak RSS of ingest",
        Results.NAVETTE,
        Unit.MEGABYTES,
        Usage.peak(List.of(site.ingest())));
  }
}
