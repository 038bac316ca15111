package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.view.DaemonStatus;
import fr.epiconcept.navette.flux.view.DaemonStatus.LinkStatus;
import fr.epiconcept.navette.flux.view.FluxStatus;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;

/** Prints what was learnt for people: daemons, what is wrong, then a line a flux. */
final class StatusText {
  private final PrintWriter out;
  private final Ansi ansi;
  private final Instant now;

  StatusText(PrintWriter out, Ansi ansi, Instant now) {
    this.out = out;
    this.ansi = ansi;
    this.now = now;
  }

  /**
   * Prints it.
   *
   * @param onlyWrong leaves out the fluxes that do well
   */
  void print(Sight sight, List<Trouble> troubles, boolean onlyWrong) {
    sight.absent().forEach(each -> out.println(absent(each)));
    sight.daemons().forEach(each -> out.println(daemon(each)));
    if (!troubles.isEmpty()) {
      out.println();
      out.println(red("wrong:"));
      troubles.forEach(this::print);
    }
    List<Line> lines = lines(sight, troubles);
    if (onlyWrong) {
      lines.removeIf(Line::isWell);
    }
    if (!lines.isEmpty()) {
      out.println();
      int width = lines.stream().mapToInt(line -> line.flux.value().length()).max().orElse(0);
      lines.forEach(line -> out.println(line.text(width)));
    }
  }

  private void print(Trouble trouble) {
    String flux = trouble.flux().map(name -> name + ": ").orElse("");
    out.println("  " + flux + trouble.what());
    out.println("      -> " + trouble.then());
  }

  private String red(String text) {
    return ansi.enabled() ? ansi.string("@|bold,red " + text + "|@") : text;
  }

  // --- daemons ---

  private String absent(Sight.Absent daemon) {
    return Troubles.name(daemon.side()) + "  " + red("NOT RUNNING");
  }

  private String daemon(Sight.Daemon from) {
    DaemonStatus daemon = from.status();
    List<String> parts = new ArrayList<>();
    parts.add("running since " + Periods.between(daemon.since(), now));
    daemon
        .broker()
        .ifPresent(
            broker -> {
              parts.add("broker " + broker.listening());
              parts.add(linked(daemon.links()));
              broker
                  .freeBytes()
                  .ifPresent(free -> parts.add("disk " + Sizes.rough(free) + " free"));
              broker
                  .certificate()
                  .flatMap(DaemonStatus.CertificateStatus::daysLeft)
                  .ifPresent(days -> parts.add("certificate " + days + " days"));
              if (broker.journalDamaged()) {
                parts.add("its journal was damaged at the start, what it held was sent again");
              }
            });
    if (daemon.side() == Side.WORKER) {
      daemon
          .links()
          .forEach(link -> parts.add("link to " + link.to() + (link.up() ? " up" : " DOWN")));
    }
    daemon.version().ifPresent(version -> parts.add("version " + version));
    return from.from().map(name -> name + ": ").orElse("")
        + Troubles.name(daemon.side())
        + "  "
        + String.join(", ", parts);
  }

  private static String linked(List<LinkStatus> links) {
    long up = links.stream().filter(LinkStatus::up).count();
    return up + " of " + links.size() + (links.size() == 1 ? " worker linked" : " workers linked");
  }

  // --- fluxes ---

  private List<Line> lines(Sight sight, List<Trouble> troubles) {
    Map<FluxName, Line> lines = new TreeMap<>();
    for (Sight.Flux flux : sight.fluxes()) {
      lines.computeIfAbsent(flux.status().flux(), Line::new).add(flux.status());
    }
    for (int i = 0; i < troubles.size(); i++) {
      int rank = i;
      troubles.get(i).flux().map(lines::get).ifPresent(line -> line.rank(rank));
    }
    List<Line> sorted = new ArrayList<>(lines.values());
    sorted.sort(Comparator.comparing(Line::isWell).thenComparingInt(line -> line.rank));
    return sorted;
  }

  /** One flux, as all who know it tell. */
  private final class Line {
    private final FluxName flux;
    private Optional<FluxStatus> ingest = Optional.empty();
    private final List<FluxStatus> workers = new ArrayList<>();
    private int rank = Integer.MAX_VALUE;

    Line(FluxName flux) {
      this.flux = flux;
    }

    void add(FluxStatus status) {
      if (status.side() == Side.INGEST) {
        ingest = Optional.of(status);
      } else {
        workers.add(status);
      }
    }

    /** One that no worker takes is not, though what is wrong is said of the worker. */
    boolean isWell() {
      boolean alone = ingest.flatMap(FluxStatus::takers).filter(takers -> takers == 0).isPresent();
      return rank == Integer.MAX_VALUE && !alone;
    }

    void rank(int newRank) {
      rank = Math.min(rank, newRank);
    }

    String text(int width) {
      FluxStatus main = ingest.orElseGet(() -> workers.get(0));
      List<String> parts = new ArrayList<>();
      parts.add(flux + " ".repeat(width - flux.value().length()));
      parts.add(word(main));
      main.scan()
          .ifPresent(
              scan ->
                  parts.add(
                      "scan "
                          + scan.last()
                              .map(last -> Periods.between(last, now) + " ago")
                              .orElse("never")));
      parts.add("waiting " + main.waiting().all() + oldest(main));
      long flying =
          Math.max(main.inFlight(), workers.stream().mapToLong(FluxStatus::inFlight).sum());
      long inLine = workers.stream().mapToLong(FluxStatus::inLine).sum();
      parts.add("in flight " + flying + (inLine == 0 ? "" : " (" + inLine + " in line)"));
      if (ingest.isPresent()) {
        parts.add("dead " + main.dead());
        if (main.quarantinedToday() > 0) {
          parts.add("quarantined today " + main.quarantinedToday());
        }
      }
      if (!main.workers().isEmpty()) {
        parts.add(
            main.workers().stream()
                .map(each -> each.account() + (each.active() ? " active" : " ready"))
                .collect(Collectors.joining(", ")));
      }
      main.lastFile()
          .ifPresent(
              last ->
                  parts.add(
                      "last "
                          + last.name().orElse(last.id().value())
                          + " "
                          + last.outcome()
                          + " "
                          + Periods.between(last.at(), now)
                          + " ago"));
      main.lastError()
          .filter(error -> rank == Integer.MAX_VALUE)
          .ifPresent(
              error ->
                  parts.add(
                      "last error "
                          + error.event()
                          + " "
                          + Periods.between(error.at(), now)
                          + " ago"));
      return String.join("  ", parts);
    }

    private String word(FluxStatus main) {
      boolean held =
          main.held().isPresent() || workers.stream().anyMatch(worker -> worker.held().isPresent());
      if (!main.running()) {
        return red("DOWN ");
      }
      if (held) {
        return red("HELD ");
      }
      return isWell() ? "ok   " : red(rank == Integer.MAX_VALUE ? "ALONE" : "WRONG");
    }

    private String oldest(FluxStatus main) {
      return main.waiting()
          .oldest()
          .map(file -> " (oldest " + Periods.between(file.since(), now) + ")")
          .orElse("");
    }
  }
}
