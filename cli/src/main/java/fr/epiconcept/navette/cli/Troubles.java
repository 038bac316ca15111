package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.cli.Sight.Absent;
import fr.epiconcept.navette.cli.Sight.Silent;
import fr.epiconcept.navette.cli.Trouble.Weight;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.view.DaemonStatus;
import fr.epiconcept.navette.flux.view.DaemonStatus.BrokerStatus;
import fr.epiconcept.navette.flux.view.DaemonStatus.CertificateStatus;
import fr.epiconcept.navette.flux.view.DaemonStatus.LinkStatus;
import fr.epiconcept.navette.flux.view.FluxStatus;
import fr.epiconcept.navette.flux.view.FluxStatus.LastError;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Judges what was learnt: everything that is wrong, the worst first. */
final class Troubles {
  /** A fault that was over as soon as it was told is news for so long. */
  private static final Duration RECENT = Duration.ofHours(1);

  private static final long DAYS_TO_RENEW = 30;

  private final Instant now;
  private final List<Trouble> found = new ArrayList<>();

  private Troubles(Instant now) {
    this.now = now;
  }

  static List<Trouble> in(Sight sight, Instant now) {
    Troubles troubles = new Troubles(now);
    sight.absent().forEach(troubles::absent);
    sight.daemons().forEach(daemon -> troubles.daemon(daemon.from(), daemon.status()));
    sight.silent().forEach(troubles::silent);
    Set<FluxName> held =
        sight.fluxes().stream()
            .map(Sight.Flux::status)
            .filter(flux -> flux.held().isPresent())
            .map(FluxStatus::flux)
            .collect(Collectors.toSet());
    Set<String> ofThoseAway =
        sight.daemons().stream()
            .filter(daemon -> daemon.status().side() == Side.INGEST)
            .flatMap(daemon -> daemon.status().links().stream())
            .filter(link -> !link.up())
            .flatMap(link -> link.fluxes().stream())
            .collect(Collectors.toSet());
    for (Sight.Flux flux : sight.fluxes()) {
      FluxName name = flux.status().flux();
      if (flux.source() == Sight.Source.LIVE) {
        // That its worker is away, or it is held, is said already.
        boolean explained = held.contains(name) || ofThoseAway.contains(name.value());
        troubles.running(flux.status(), explained);
      }
      troubles.onDisk(flux.status());
    }
    troubles.found.sort(
        Comparator.comparing(Trouble::weight)
            .thenComparing(trouble -> trouble.flux().map(FluxName::value).orElse("")));
    return List.copyOf(troubles.found);
  }

  // Restart, not start: systemd takes one that is frozen for running.
  private void absent(Absent daemon) {
    String name = name(daemon.side());
    found.add(
        Trouble.of(
            Weight.DAEMON,
            name + " is NOT RUNNING: " + daemon.why(),
            "systemctl restart navette-" + name + "; journalctl -u navette-" + name));
  }

  private void silent(Silent other) {
    found.add(
        Trouble.of(
            Weight.LINK, other.from() + " is silent: " + other.why(), "navette status there"));
  }

  // --- daemons ---

  private void daemon(Optional<String> from, DaemonStatus daemon) {
    String who = from.map(name -> name + ": ").orElse("") + name(daemon.side());
    daemon
        .stalled()
        .ifPresent(
            why ->
                found.add(
                    Trouble.of(
                        Weight.DAEMON,
                        who + " makes no progress: " + why,
                        "systemctl restart navette-" + name(daemon.side()) + " there")));
    daemon.broker().ifPresent(broker -> broker(who, broker));
    for (LinkStatus link : daemon.links()) {
      if (!link.up()) {
        found.add(daemon.side() == Side.INGEST ? away(who, link) : linkDown(who, link));
      }
    }
  }

  private static Trouble away(String who, LinkStatus link) {
    return Trouble.of(
        Weight.LINK,
        who + ": worker " + link.to() + " is not linked",
        "is navette-worker running there? navette status there says why it is not linked");
  }

  private Trouble linkDown(String who, LinkStatus link) {
    String since = link.since().map(time -> " since " + Periods.between(time, now)).orElse("");
    return Trouble.of(
        Weight.LINK,
        who
            + ": no link to "
            + link.to()
            + link.address().map(address -> " (" + address + ")").orElse("")
            + since
            + link.why().map(why -> ": " + why).orElse(""),
        "docs/troubleshooting.md, \"The worker does not reach the file server\"");
  }

  private void broker(String who, BrokerStatus broker) {
    if (!broker.hasRoom()) {
      found.add(
          Trouble.of(
              Weight.DAEMON,
              who
                  + ": the disk of the broker is short, nothing is published: "
                  + broker.freeBytes().map(Sizes::rough).orElse("unknown")
                  + " free, "
                  + Sizes.rough(broker.minFreeBytes())
                  + " kept free",
              "make room; it goes on by itself"));
    }
    broker.certificate().ifPresent(certificate -> certificate(who, certificate));
  }

  private void certificate(String who, CertificateStatus certificate) {
    if (certificate.fault().isPresent()) {
      found.add(
          Trouble.of(
              Weight.SOON,
              who + ": its certificate cannot be read: " + certificate.fault().get(),
              "navette certs show"));
      return;
    }
    long days = certificate.daysLeft().orElse(0L);
    if (days < DAYS_TO_RENEW) {
      found.add(
          Trouble.of(
              days < 0 ? Weight.LINK : Weight.SOON,
              who
                  + ": its certificate "
                  + (days < 0 ? "has ended" : "ends in " + days + " days")
                  + ": "
                  + certificate.file(),
              "navette certs renew, or ask your authority"));
    }
  }

  // --- fluxes ---

  private void running(FluxStatus flux, boolean explained) {
    String side = name(flux.side());
    flux.down()
        .ifPresent(
            why ->
                add(
                    Weight.FLUX_DOWN,
                    flux,
                    "does not run on " + side + ": " + why,
                    "navette check, as the daemon's user"));
    flux.stalled()
        .ifPresent(
            why ->
                add(
                    Weight.NO_PROGRESS,
                    flux,
                    "makes no progress: "
                        + why
                        + flux.scan()
                            .map(
                                scan ->
                                    " (listed "
                                        + scan.last()
                                            .map(last -> Periods.between(last, now) + " ago")
                                            .orElse("never")
                                        + ", every "
                                        + Periods.rough(scan.every())
                                        + scan.busySince()
                                            .map(
                                                busy ->
                                                    "; one turn at work for "
                                                        + Periods.between(busy, now))
                                            .orElse("")
                                        + ")")
                            .orElse(""),
                    "does that file system hang? ls there"));
    flux.lastError().ifPresent(error -> error(flux, error));
    if (flux.takers().filter(takers -> takers == 0).isPresent() && !explained) {
      add(
          Weight.NOT_TAKEN,
          flux,
          "no worker takes its files",
          "navette accounts list: may a worker serve it? navette status on that worker's server");
    }
  }

  private void error(FluxStatus flux, LastError error) {
    boolean recent = error.at().isAfter(now.minus(RECENT));
    if (error.lasts() || recent) {
      add(
          error.lasts() ? Weight.FAULT : Weight.RECENT_ERROR,
          flux,
          error.event()
              + " on "
              + name(flux.side())
              + (error.lasts() ? " for " : ", ")
              + Periods.between(error.at(), now)
              + (error.lasts() ? ": " : " ago: ")
              + error.id().map(id -> id + ": ").orElse("")
              + error.reason(),
          error.lasts()
              ? "mend that; it goes on by itself"
              : error.id().map(id -> "navette show " + id).orElse("see the flux's log"));
    }
  }

  private void onDisk(FluxStatus flux) {
    flux.held()
        .ifPresent(
            hold ->
                add(
                    Weight.HELD,
                    flux,
                    "held on "
                        + name(flux.side())
                        + " for "
                        + Periods.between(hold.since(), now)
                        + ": "
                        + hold.reason(),
                    "navette resume " + flux.flux()));
    if (flux.dead() > 0) {
      add(
          Weight.DEAD,
          flux,
          flux.dead() + (flux.dead() == 1 ? " dead letter" : " dead letters"),
          "navette pending "
              + flux.flux()
              + " says why; navette replay "
              + flux.flux()
              + " --dead runs them again");
    }
  }

  private void add(Weight weight, FluxStatus flux, String what, String then) {
    found.add(Trouble.of(weight, flux.flux(), what, then));
  }

  static String name(Side side) {
    return side.name().toLowerCase(Locale.ROOT);
  }
}
