package fr.epiconcept.navette.bench;

import static fr.epiconcept.navette.bench.Goal.Bound.AT_LEAST;
import static fr.epiconcept.navette.bench.Goal.Bound.AT_MOST;
import static fr.epiconcept.navette.bench.Results.LIMIT;
import static fr.epiconcept.navette.bench.Results.RSYNC;

import java.util.List;

/** What the project wants of itself. */
final class Goals {
  /** How far a round may be off though nothing has changed: "flat" and "no slower" allow it. */
  private static final double NOISE = 1.25;

  static final List<Goal> ALL =
      List.of(
          Goal.against("latency", "p50", LIMIT, "≤ 6 × limit", AT_MOST, 6),
          Goal.beside("latency", "p99", "p50", "≤ 3 × p50", AT_MOST, 3),
          flat("p50, many fluxes", "p50"),
          flat("p99, many fluxes", "p99"),
          flat("p50, others wait", "p50"),
          flat("p99, others wait", "p99"),
          Goal.against("small", "concurrency 1", LIMIT, "≥ 0.6 × limit", AT_LEAST, 0.6),
          Goal.against("small", "concurrency 4", LIMIT, "≥ 1 × limit", AT_LEAST, 1),
          Goal.against(
              "small", "transfer alone", LIMIT, "≥ 0.8 × limit without script", AT_LEAST, 0.8),
          Goal.atMost("small", "CPU, concurrency 1", "≤ 4 s", 4),
          Goal.atMost("small", "CPU, concurrency 4", "≤ 4 s", 4),
          Goal.atMost("small", "peak RSS, both daemons", "≤ 500 MB", 500),
          Goal.beside("many", "100 fluxes", "1 flux", "≥ 1 × one flux", AT_LEAST, 1 / NOISE),
          Goal.atMost("scale", "longest wait of the slowest flux : of the median one", "≤ 2 ×", 2),
          Goal.atMost("scale", "configuration read and tried", "< 1 s", 1),
          Goal.against("large", "1 GiB", RSYNC, "> 1 × rsync", AT_LEAST, 1),
          Goal.against("large", "1 GiB", LIMIT, "≥ 0.4 × limit", AT_LEAST, 0.4),
          Goal.against("large", "10 GiB", RSYNC, "> 1 × rsync", AT_LEAST, 1),
          Goal.against("large", "10 GiB", LIMIT, "≥ 0.4 × limit", AT_LEAST, 0.4),
          Goal.atMost("large", "small files meanwhile, p99", "< 100 ms", 100),
          Goal.atMost("large", "peak RSS, both daemons", "≤ 500 MB", 500),
          Goal.beside("php", "php-fpm", "php by fork", "≥ 5 × php by fork", AT_LEAST, 5),
          Goal.atMost("idle", "CPU of both, many fluxes", "< 0.3 %", 0.3),
          Goal.atMost("idle", "RSS of ingest", "≤ 150 MB", 150),
          Goal.atMost("idle", "RSS of worker", "≤ 150 MB", 150),
          Goal.atMost("idle", "RSS of ingest, many fluxes", "≤ 150 MB", 150),
          Goal.atMost("idle", "RSS of worker, many fluxes", "≤ 150 MB", 150),
          Goal.atMost("restart", "ingest ready", "≤ 2.5 s", 2.5),
          Goal.atMost("restart", "worker ready", "≤ 2.5 s", 2.5),
          Goal.atMost("backlog", "restart of ingest", "≤ 10 s", 10),
          Goal.beside(
              "backlog",
              "RSS of ingest, all wait",
              "RSS of ingest, a tenth waits",
              "does not grow",
              AT_MOST,
              NOISE));

  private Goals() {}

  private static Goal flat(String what, String plain) {
    return Goal.beside(
        "latency", what, plain, "flat (≤ %s × %s)".formatted(NOISE, plain), AT_MOST, NOISE);
  }

  static List<Goal> of(String scenario, String what) {
    return ALL.stream()
        .filter(goal -> goal.scenario().equals(scenario) && goal.what().equals(what))
        .toList();
  }
}
