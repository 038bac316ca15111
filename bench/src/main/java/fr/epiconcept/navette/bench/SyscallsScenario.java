package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a file costs in system calls, counted by {@code strace} in both daemons and in what they
 * start. Each count is the difference between two lives of the daemons, one of them with more
 * files: so starts and stops are in none.
 */
final class SyscallsScenario implements Scenario {
  private static final String FLUX = "labo";

  /** In both lives: the first files of a life cost more. */
  private static final int BEFORE = 100;

  /** One at a time is slow, and each is like the other. */
  private static final int FEWER = 5;

  @Override
  public String name() {
    return "syscalls";
  }

  @Override
  public void run(Lab lab, Results results) throws IOException, InterruptedException {
    if (Tool.find("strace").isEmpty()) {
      results.note(name(), "left out: no strace");
      return;
    }
    int many = lab.number(Option.COUNTED);
    int few = Math.max(1, many / FEWER);
    try (Site site = Site.laidOut(lab, "syscalls", List.of(Flux.named(FLUX)))) {
      Path counts = lab.room("syscalls-counts");
      Map<String, SyscallCounts> none = life(lab, site, counts.resolve("none"), 0, 0);
      Map<String, SyscallCounts> atOnce = life(lab, site, counts.resolve("at-once"), many, 0);
      Map<String, SyscallCounts> single = life(lab, site, counts.resolve("single"), 0, few);
      for (String daemon : List.of("ingest", "worker")) {
        SyscallCounts start = none.get(daemon);
        add(results, daemon + ", at once", atOnce.get(daemon).perFile(start, many));
        add(results, daemon + ", one at a time", single.get(daemon).perFile(start, few));
      }
    }
    results.note(
        name(),
        "%d files at once, %d one at a time; concurrency 1; with what the script itself calls (worker)."
            .formatted(many, few));
  }

  /** A start of both, some files, and their stop. */
  private static Map<String, SyscallCounts> life(
      Lab lab, Site site, Path counts, int atOnce, int single)
      throws IOException, InterruptedException {
    site.behind(SyscallCounts.counting(counts + ".SIDE"));
    site.startIngest();
    site.startWorker();
    Carrier carrier = site.carrier(FLUX);
    int size = lab.number(Option.SIZE);
    BatchProbe.of(carrier, BatchProbe.Sign.SCRIPT_ENDED, BEFORE, size);
    if (atOnce > 0) {
      BatchProbe.of(carrier, BatchProbe.Sign.SCRIPT_ENDED, atOnce, size);
    }
    if (single > 0) {
      LatencyProbe.of(carrier, single, size);
      carrier.settle();
    }
    site.stopBoth();
    lab.say("syscalls: %d files at once and %d one at a time counted".formatted(atOnce, single));
    return Map.of(
        "ingest", SyscallCounts.awaited(Path.of(counts + ".ingest")),
        "worker", SyscallCounts.awaited(Path.of(counts + ".worker")));
  }

  private void add(Results results, String system, SortedMap<String, Double> perFile) {
    SortedMap<String, Double> rows = new TreeMap<>(perFile);
    rows.forEach((call, count) -> results.add(name(), call, system, Unit.PER_FILE, count));
  }
}
