package fr.epiconcept.navette.chaos;

import fr.epiconcept.navette.chaos.Checker.Problem;
import fr.epiconcept.navette.e2e.Tool;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What is printed: the plan, what was done, what was found, and the history of what is wrong. */
final class Report {
  private static final int MOST_PROBLEMS = 40;
  private static final int MOST_HISTORIES = 8;

  private final PrintStream to;
  private String again = "";

  Report(PrintStream to) {
    this.to = to;
  }

  void plan(Plan plan) {
    again =
        String.format(
            java.util.Locale.ROOT,
            "make chaos MINUTES=%.2f SEED=%d",
            plan.length().toMillis() / 60_000.0,
            plan.seed());
    to.printf(
        java.util.Locale.ROOT,
        "chaos: seed %d, %d s of faults, %d faults; the same again: %s%n",
        plan.seed(),
        plan.length().toSeconds(),
        plan.faults().size(),
        again);
    plan.faults().forEach(to::println);
  }

  void say(String what) {
    to.println("chaos: " + what);
  }

  /** What has not come to its end so long after the last fault. */
  void left(Site site, Duration since) throws IOException {
    List<String> fluxes = new ArrayList<>();
    for (Flux flux : Flux.values()) {
      int left = UnderWay.of(site, flux).size();
      if (left > 0) {
        fluxes.add(flux.label() + " " + left);
      }
    }
    say("%d s after the last fault, under way: %s".formatted(since.toSeconds(), fluxes));
  }

  void faults(Nemesis nemesis, Machines machines, Operator operator) {
    to.println("--- faults");
    nemesis.done().forEach((kind, times) -> to.printf("%6d  %s%n", times, kind.words));
    nemesis.notDone().forEach(fault -> to.println("     -  not possible: " + fault.strip()));
    to.printf("%6d  starts of ingest%n", machines.ingest().starts());
    for (Front front : Front.present()) {
      to.printf(
          "%6d  starts of the worker of %s%n", machines.worker(front).starts(), front.account);
    }
    to.printf("%6d  resumed by the operator%n", operator.resumed());
    machines.ownEnds().forEach(end -> to.println("     !  " + end));
  }

  void files(
      List<Deposit> deposits,
      Map<Flux, Found> found,
      Map<Flux, Checker> checkers,
      Onlooker onlooker) {
    to.println("--- files");
    to.printf(
        "%-10s %9s %9s %11s %6s %8s %7s %6s %12s%n",
        "flux",
        "deposits",
        "archived",
        "quarantined",
        "dead",
        "answers",
        "starts",
        "again",
        "interrupted");
    for (Flux flux : Flux.values()) {
      Found of = found.get(flux);
      Checker checker = checkers.get(flux);
      to.printf(
          "%-10s %9d %9d %11d %6d %8d %7d %6d %12d%n",
          flux.label(),
          checker.deposited(),
          of.archive().size(),
          of.quarantine().size(),
          of.letters().size(),
          of.answers().size(),
          checker.starts(),
          checker.again(),
          checker.interrupted());
    }
    Map<Way, Integer> ways = new EnumMap<>(Way.class);
    deposits.forEach(deposit -> ways.merge(deposit.way(), 1, Integer::sum));
    to.println(
        ways.entrySet().stream()
            .map(way -> way.getKey() + " " + way.getValue())
            .collect(Collectors.joining(", ", "brought by: ", "")));
    to.printf(
        "%d files, %d MiB%n",
        deposits.size(), deposits.stream().mapToLong(Deposit::size).sum() >> 20);
    to.printf("%d files were read by the onlooker as soon as they had a name%n", onlooker.seen());
  }

  void problems(Site site, List<Problem> problems, Map<Flux, Found> found)
      throws IOException, InterruptedException {
    to.println("--- " + problems.size() + " problems");
    if (!problems.isEmpty()) {
      to.println("the same again: " + again);
    }
    problems.stream().limit(MOST_PROBLEMS).forEach(to::println);
    Set<String> told = new HashSet<>();
    for (Problem problem : problems) {
      Optional<Deposit> about = problem.about();
      if (about.isPresent() && told.size() < MOST_HISTORIES) {
        String key = problem.id().filter(id -> !id.isEmpty()).orElse("#" + about.get().serial());
        if (told.add(key)) {
          history(site, about.get(), problem.id().orElse(""), found.get(about.get().flux()));
        }
      }
    }
  }

  private void history(Site site, Deposit deposit, String id, Found found)
      throws IOException, InterruptedException {
    to.println("=== history of " + deposit);
    String sought = id.isEmpty() ? deposit.name() : id;
    for (Collection<Found.Kept> place :
        List.of(found.archive(), found.quarantine(), found.kept())) {
      place.stream()
          .filter(kept -> kept.sha256().equals(deposit.sha256()))
          .forEach(kept -> to.println("stands at " + kept.path()));
    }
    found.chronicle().lines().stream()
        .filter(line -> line.key().filter(key -> key.id().equals(id)).isPresent())
        .forEach(line -> to.println("script  " + line));
    to.println(
        Tool.run(
                Tool.NAVETTE,
                "show",
                sought,
                "--flux",
                deposit.flux().label(),
                "--config",
                site.ingestConfig().toString())
            .said());
  }

  /** Keeps for people what a failed run left: logs, journals, what the daemons said. */
  void keep(Site site, Path place) throws IOException, InterruptedException {
    Files.createDirectories(place.getParent());
    Tool.run(
        "tar",
        "-czf",
        place.toString(),
        "--exclude=inbox",
        "--exclude=desk-*",
        "-C",
        site.root().toString(),
        "logs",
        "truth",
        "scripts",
        "etc-files",
        "etc-front",
        "etc-front2");
    to.println("chaos: logs and journals are kept in " + place);
  }
}
