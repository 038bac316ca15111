package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.broker.CertificateFacts;
import fr.epiconcept.navette.broker.link.BrokerLink;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.alert.Alert.Origin;
import fr.epiconcept.navette.flux.alert.Alerts;
import fr.epiconcept.navette.flux.alert.Condition;
import fr.epiconcept.navette.flux.alert.HeldFlux;
import fr.epiconcept.navette.flux.alert.HowLong;
import fr.epiconcept.navette.flux.alert.LogAlerts;
import fr.epiconcept.navette.flux.alert.Lookout;
import fr.epiconcept.navette.flux.alert.OldestWaiting;
import fr.epiconcept.navette.flux.config.AlertClass;
import fr.epiconcept.navette.flux.config.AlertRules;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.config.WorkerSection;
import fr.epiconcept.navette.flux.log.LogLine;
import fr.epiconcept.navette.flux.log.LogListener;
import fr.epiconcept.navette.flux.turn.Turns;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the processing server's daemon calls somebody for: it tells what it sees itself. */
final class WorkerAlerts implements LogListener, AutoCloseable {
  private static final String FLUX = "flux ";

  private final DaemonConfig.WorkerDaemon settings;
  private final InstantSource clock;
  private final Alerts alerts;
  private final Lookout lookout;
  private final LogAlerts events;
  private Runnable daemonLooks = () -> {};

  /**
   * Calls nobody yet.
   *
   * @param atLeastEvery how often it is looked at the least whether something lasts too long
   */
  WorkerAlerts(
      DaemonConfig.WorkerDaemon settings, Turns turns, InstantSource clock, Duration atLeastEvery) {
    this.settings = settings;
    this.clock = clock;
    alerts = new Alerts(Origin.here("worker"), turns);
    lookout = new Lookout(alerts, turns, atLeastEvery);
    events = new LogAlerts(alerts);
  }

  /** From now on these are the rules and the fluxes. Before the first file is taken. */
  synchronized void configure(AlertRules rules, List<FluxConfig> fluxes) {
    List<FluxConfig> mine = fluxes.stream().filter(flux -> flux.worker().isPresent()).toList();
    alerts.configure(rules, mine);
    Set<FluxName> names = mine.stream().map(FluxConfig::name).collect(Collectors.toSet());
    lookout.names().stream()
        .filter(
            look -> look.startsWith(FLUX) && names.stream().noneMatch(it -> look(it).equals(look)))
        .forEach(lookout::forget);
    for (FluxConfig flux : mine) {
      if (flux.alerts().isOff()) {
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
    FluxName name = flux.name();
    WorkerSection section = flux.worker().orElseThrow();
    AlertRules rules = flux.alerts();
    Path spool = settings.state().resolve("flux").resolve(name.value()).resolve("spool");
    HeldFlux held = new HeldFlux(name, settings.state(), Side.WORKER);
    OldestWaiting waiting =
        new OldestWaiting(
            name,
            spool,
            section.out().map(out -> new OldestWaiting.Folder(out, section.outReady())),
            clock);
    lookout.look(
        look(name),
        () -> {
          List<Condition> wrong = new ArrayList<>();
          held.now().ifPresent(wrong::add);
          if (rules.wants(AlertClass.OLDEST) && rules.oldest().isPresent()) {
            waiting.now(rules.oldest().get()).ifPresent(wrong::add);
          }
          return wrong;
        },
        rules.oldest().stream());
  }

  /** The daemon runs: what concerns no single flux is looked at, too. */
  synchronized void watch(Map<String, FileServer> fileServers) {
    HowLong away = new HowLong(clock, System::nanoTime);
    daemonLooks =
        () -> {
          lookout.look(
              "links", () -> away(fileServers, away), alerts.rules().workerAway().stream());
          lookout.look("certificates", this::authorities, Stream.empty());
        };
    lookAtDaemon();
  }

  private synchronized void lookAtDaemon() {
    if (!alerts.rules().isOff()) {
      daemonLooks.run();
    }
  }

  private List<Condition> away(Map<String, FileServer> fileServers, HowLong away) {
    Optional<Duration> limit = alerts.rules().workerAway();
    List<Condition> wrong = new ArrayList<>();
    if (limit.isPresent()) {
      fileServers.forEach(
          (name, server) -> away(name, server, away, limit.get()).ifPresent(wrong::add));
    }
    return wrong;
  }

  private List<Condition> authorities() throws IOException {
    List<Condition> wrong = new ArrayList<>();
    for (BrokerAccess access : settings.brokers().values()) {
      authorities(access).ifPresent(wrong::add);
    }
    return wrong;
  }

  private Optional<Condition> away(String name, FileServer server, HowLong away, Duration limit) {
    Optional<BrokerLink.State> down =
        server.links().stream().filter(link -> !link.up()).findFirst();
    Optional<Instant> since = away.since(name, down.isPresent(), limit);
    String why = down.flatMap(BrokerLink.State::lastError).orElse("not connected yet");
    return since.map(
        it ->
            condition(
                AlertClass.WORKER_AWAY,
                name,
                it,
                "there is no link from this worker to file server " + name + ": " + why,
                Map.of("broker", name, "reason", why)));
  }

  /** A file may hold an old authority beside its successor: the one that ends last counts. */
  private Optional<Condition> authorities(BrokerAccess access) throws IOException {
    Optional<Duration> limit = alerts.rules().certificate();
    if (limit.isEmpty() || access.ca().isEmpty() || !access.endpoint().tls()) {
      return Optional.empty();
    }
    return CertificateFacts.read(access.ca().get()).stream()
        .max(Comparator.comparing(CertificateFacts::until))
        .filter(last -> !last.until().isAfter(clock.instant().plus(limit.get())))
        .map(
            last ->
                condition(
                    AlertClass.CERTIFICATE,
                    last.file().toString(),
                    clock.instant(),
                    "the authority in "
                        + last.file()
                        + " ends on "
                        + last.until()
                        + ": after that no file server is trusted",
                    Map.of(
                        "until",
                        last.until().toString(),
                        "daysLeft",
                        String.valueOf(last.daysLeft(clock.instant())),
                        "subject",
                        last.subject())));
  }

  private static Condition condition(
      AlertClass alert, String subject, Instant since, String message, Map<String, String> values) {
    return new Condition(alert, Optional.empty(), subject, since, message, values);
  }

  @Override
  public void logged(FluxName flux, LogLine line) {
    events.logged(flux, line);
    if (Set.of("held", "stopped", "resumed").contains(line.event())) {
      lookout.lookNow(look(flux));
    }
  }

  @Override
  public void close() {
    lookout.close();
    alerts.close();
  }
}
