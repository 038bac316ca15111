package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;

/** Large files, one at a time; and what becomes of small ones of another flux meanwhile. */
final class LargeScenario implements Scenario {
  private static final String LARGE = "imaging";
  private static final String SMALL = "labo";
  private static final long MIB = 1L << 20;
  private static final int PER_GIB = 1024;
  private static final int SMALL_FILES = 3000;

  @Override
  public String name() {
    return "large";
  }

  @Override
  public void run(Lab lab, Results results) throws IOException, InterruptedException {
    Optional<String> missing = RsyncOverSsh.missing();
    missing.ifPresent(what -> results.note(name(), "rsync over ssh is left out: no " + what));
    try (Limit limit = Limit.start(lab);
        RsyncOverSsh rsync = missing.isEmpty() ? RsyncOverSsh.start(lab) : null;
        Site site = Site.started(lab, "large", Flux.named(LARGE), Flux.named(SMALL))) {
      Warmth.bring(lab, site.carrier(SMALL));
      warm(lab, site.carrier(LARGE));
      List<Carrier> carriers = new ArrayList<>();
      carriers.add(limit);
      if (rsync != null) {
        carriers.add(rsync);
      }
      carriers.add(site.carrier(LARGE));
      for (int mebibytes : lab.options().numbers(Option.LARGE)) {
        for (int round = 1; round <= lab.number(Option.RUNS); round++) {
          for (Carrier carrier : carriers) {
            alone(lab, results, carrier, mebibytes);
          }
          withSmallOnes(lab, results, site, mebibytes);
        }
      }
      results.add(
          name(),
          "peak RSS, both daemons",
          Results.NAVETTE,
          Unit.MEGABYTES,
          Usage.peak(site.both()));
    }
  }

  /** As for small files; the first ones take twice as long. */
  private static void warm(Lab lab, Carrier carrier) throws IOException, InterruptedException {
    int mebibytes = lab.options().numbers(Option.LARGE).get(0);
    for (int i = 0; i < lab.number(Option.LARGE_WARM); i++) {
      double rate = rate(lab, carrier, staged(lab, carrier, mebibytes), mebibytes);
      lab.say(
          "large, %s, %s: %s MB/s, before the first that counts"
              .formatted(label(mebibytes), carrier.system(), Unit.shown(rate)));
    }
  }

  private static String label(int mebibytes) {
    return mebibytes % PER_GIB == 0 ? mebibytes / PER_GIB + " GiB" : mebibytes + " MiB";
  }

  private void alone(Lab lab, Results results, Carrier carrier, int mebibytes)
      throws IOException, InterruptedException {
    double rate = rate(lab, carrier, staged(lab, carrier, mebibytes), mebibytes);
    results.add(name(), label(mebibytes), carrier.system(), Unit.MB_PER_SECOND, rate);
    lab.say(
        "large, %s, %s: %s MB/s".formatted(label(mebibytes), carrier.system(), Unit.shown(rate)));
  }

  /** Whole, and on disk: what follows waits for none of its bytes. */
  private static Deposits staged(Lab lab, Carrier carrier, int mebibytes)
      throws IOException, InterruptedException {
    Deposits deposits = Deposits.staged(carrier, 1, mebibytes * MIB);
    lab.quiet();
    return deposits;
  }

  private static double rate(Lab lab, Carrier carrier, Deposits deposits, int mebibytes)
      throws IOException, InterruptedException {
    double rate = mebibytes * MIB / 1e6 / LatencyProbe.seconds(carrier, deposits);
    carrier.settle();
    lab.empty(carrier.archive());
    return rate;
  }

  private void withSmallOnes(Lab lab, Results results, Site site, int mebibytes)
      throws IOException, InterruptedException {
    Carrier small = site.carrier(SMALL);
    Carrier large = site.carrier(LARGE);
    Deposits one = staged(lab, large, mebibytes);
    Deposits deposits = Deposits.staged(small, SMALL_FILES, lab.number(Option.SIZE));
    AtomicBoolean underWay = new AtomicBoolean(true);
    FutureTask<List<Double>> meanwhile =
        new FutureTask<>(() -> LatencyProbe.millis(small, deposits, underWay::get));
    new Thread(meanwhile, "small files").start();
    double rate;
    try {
      rate = rate(lab, large, one, mebibytes);
    } finally {
      underWay.set(false);
    }
    Distribution millis = Distribution.of(result(meanwhile));
    String system = Results.NAVETTE;
    results.add(name(), label(mebibytes) + ", with small files", system, Unit.MB_PER_SECOND, rate);
    results.add(name(), "small files meanwhile, p50", system, Unit.MILLIS, millis.percentile(50));
    results.add(name(), "small files meanwhile, p99", system, Unit.MILLIS, millis.percentile(99));
    lab.say(
        "large: %d small files meanwhile, p50 %s ms, p99 %s ms"
            .formatted(
                millis.count(),
                Unit.shown(millis.percentile(50)),
                Unit.shown(millis.percentile(99))));
    small.settle();
    lab.empty(small.staging());
  }

  private static List<Double> result(FutureTask<List<Double>> task) throws InterruptedException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
