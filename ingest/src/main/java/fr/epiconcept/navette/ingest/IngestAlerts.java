package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Account;
import fr.epiconcept.navette.broker.Accounts;
import fr.epiconcept.navette.broker.CertificateFacts;
import fr.epiconcept.navette.broker.DiskGuard;
import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.alert.Alert.Origin;
import fr.epiconcept.navette.flux.alert.Alerts;
import fr.epiconcept.navette.flux.alert.Condition;
import fr.epiconcept.navette.flux.alert.FluxMemory;
import fr.epiconcept.navette.flux.alert.HowLong;
import fr.epiconcept.navette.flux.alert.LogAlerts;
import fr.epiconcept.navette.flux.alert.Lookout;
import fr.epiconcept.navette.flux.config.AlertClass;
import fr.epiconcept.navette.flux.config.AlertRules;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.DaemonConfig.ServerTls;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.log.LogLine;
import fr.epiconcept.navette.flux.log.LogListener;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the file server's daemon calls somebody for: it tells what it sees itself. */
final class IngestAlerts implements LogListener, AutoCloseable {
  private static final String FLUX = "flux ";
  private static final int MOST_AWAITED = 10_000;

  private final DaemonConfig.IngestDaemon settings;
  private final InstantSource clock;
  private final Alerts alerts;
  private final Lookout lookout;
  private final LogAlerts events;
  private final Map<FluxName, Down> down = new ConcurrentHashMap<>();
  private Runnable daemonLooks = () -> {};
  private final Map<FluxName, FluxMemory> memories = new ConcurrentHashMap<>();

  private record Down(String why, Instant since) {}

  /**
   * Calls nobody yet.
   *
   * @param atLeastEvery how often it is looked at the least whether something lasts too long
   */
  IngestAlerts(
      DaemonConfig.IngestDaemon settings, Turns turns, InstantSource clock, Duration atLeastEvery) {
    this.settings = settings;
    this.clock = clock;
    alerts = new Alerts(Origin.here("ingest"), turns);
    lookout = new Lookout(alerts, turns, atLeastEvery);
    events = new LogAlerts(alerts);
  }

  /** From now on these are the rules and the fluxes. Before the first file is taken. */
  synchronized void configure(AlertRules rules, List<FluxConfig> fluxes) {
    List<FluxConfig> mine = fluxes.stream().filter(flux -> flux.ingest().isPresent()).toList();
    alerts.configure(rules, mine);
    Set<FluxName> names = mine.stream().map(FluxConfig::name).collect(Collectors.toSet());
    memories.keySet().retainAll(names);
    lookout.names().stream()
        .filter(
            look -> look.startsWith(FLUX) && names.stream().noneMatch(it -> look(it).equals(look)))
        .forEach(lookout::forget);
    for (FluxConfig flux : mine) {
      if (flux.alerts().isOff()) {
        memories.remove(flux.name());
        lookout.forget(look(flux.name()));
      } else {
        look(flux);
      }
    }
    lookAtDaemon();
  }

  private static String look(FluxName flux) {
    return FLUX + flux;
  }

  private void look(FluxConfig flux) {
    AlertRules rules = flux.alerts();
    FluxMemory memory =
        memories.computeIfAbsent(
            flux.name(),
            name -> new FluxMemory(name, alerts, clock, System::nanoTime, MOST_AWAITED));
    lookout.look(
        look(flux.name()),
        new FluxLook(flux, settings.state(), memory, clock)::now,
        Stream.of(rules.oldest(), rules.silence(), rules.acknowledgement())
            .flatMap(Optional::stream));
  }

  /** A flux does not start: said once for each reason. */
  void down(FluxName flux, String why) {
    Down before = down.get(flux);
    if (before == null || !before.why().equals(why)) {
      down.put(flux, new Down(why, before == null ? clock.instant() : before.since()));
      alerts.down(flux, why);
    }
  }

  /** It has started. */
  void up(FluxName flux) {
    Down before = down.remove(flux);
    if (before != null) {
      alerts.up(flux, before.since());
    }
  }

  /** The daemon runs: what concerns no single flux is looked at, too. */
  synchronized void watch(EmbeddedBroker broker, DiskGuard guard) {
    if (broker.journalWasDamaged()) {
      alerts.happens(
          AlertClass.JOURNAL,
          "the broker's journal was damaged; what could not be read is set aside, and every file"
              + " without a receipt is sent again");
    }
    HowLong away = new HowLong(clock, System::nanoTime);
    HowLong shortOfDisk = new HowLong(clock, System::nanoTime);
    daemonLooks =
        () -> {
          lookout.look(
              "workers", () -> workersAway(broker, away), alerts.rules().workerAway().stream());
          lookout.look("disk", () -> disk(guard, shortOfDisk), Stream.empty());
          lookout.look("certificate", this::certificate, Stream.empty());
        };
    lookAtDaemon();
  }

  private synchronized void lookAtDaemon() {
    if (!alerts.rules().isOff()) {
      daemonLooks.run();
    }
  }

  private List<Condition> disk(DiskGuard guard, HowLong shortOfDisk) {
    return shortOfDisk.since("disk", !guard.hasRoom(), Duration.ZERO).stream()
        .map(
            since ->
                condition(
                    AlertClass.DISK,
                    "",
                    since,
                    "the disk of " + settings.broker().data() + " is short: nothing is published",
                    Map.of("minFree", String.valueOf(settings.broker().minFree()))))
        .toList();
  }

  /** Each account that serves a flux is a worker; one that never came is away since the start. */
  private List<Condition> workersAway(EmbeddedBroker broker, HowLong away) throws IOException {
    Optional<Duration> limit = alerts.rules().workerAway();
    List<Condition> wrong = new ArrayList<>();
    if (limit.isEmpty()) {
      return wrong;
    }
    for (Account account : new Accounts(settings.broker().accounts()).list()) {
      boolean isAway = !account.fluxes().isEmpty() && !broker.isLinked(account.name());
      Optional<Instant> since = away.since("worker " + account.name(), isAway, limit.get());
      if (since.isPresent()) {
        String fluxes =
            String.join(" ", account.fluxes().stream().map(FluxName::value).sorted().toList());
        wrong.add(
            condition(
                AlertClass.WORKER_AWAY,
                account.name(),
                since.get(),
                "worker "
                    + account.name()
                    + " has no link to this file server: nothing is"
                    + " processed of "
                    + fluxes,
                Map.of("account", account.name(), "fluxes", fluxes)));
      }
    }
    return wrong;
  }

  private List<Condition> certificate() throws IOException {
    Optional<Duration> limit = alerts.rules().certificate();
    Optional<ServerTls> tls = settings.broker().tls();
    if (limit.isEmpty() || tls.isEmpty()) {
      return List.of();
    }
    CertificateFacts own = CertificateFacts.read(tls.get().certificate()).get(0);
    return own.until().isAfter(clock.instant().plus(limit.get()))
        ? List.of()
        : List.of(
            condition(
                AlertClass.CERTIFICATE,
                own.file().toString(),
                clock.instant(),
                "the certificate "
                    + own.file()
                    + " ends on "
                    + own.until()
                    + ": `navette certs renew`",
                Map.of(
                    "until",
                    own.until().toString(),
                    "daysLeft",
                    String.valueOf(own.daysLeft(clock.instant())),
                    "subject",
                    own.subject())));
  }

  private static Condition condition(
      AlertClass alert, String subject, Instant since, String message, Map<String, String> values) {
    return new Condition(alert, Optional.empty(), subject, since, message, values);
  }

  @Override
  public void logged(FluxName flux, LogLine line) {
    Optional.ofNullable(memories.get(flux)).ifPresent(memory -> memory.logged(flux, line));
    events.logged(flux, line);
    if (line.event().equals("held") || line.event().equals("resumed")) {
      lookout.lookNow(look(flux));
    }
  }

  @Override
  public void close() {
    lookout.close();
    alerts.close();
  }
}
