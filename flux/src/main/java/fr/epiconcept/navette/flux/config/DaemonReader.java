package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.config.DaemonConfig.Broker;
import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import fr.epiconcept.navette.flux.config.DaemonConfig.IngestDaemon;
import fr.epiconcept.navette.flux.config.DaemonConfig.ServerTls;
import fr.epiconcept.navette.flux.config.DaemonConfig.WorkerDaemon;
import fr.epiconcept.navette.flux.config.YamlNode.Table;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Reads {@code navette.yml}. */
final class DaemonReader {
  private static final List<String> INGEST_KEYS = List.of("spool", "state", "broker");
  private static final List<String> BROKER_KEYS =
      List.of("data", "xml", "listen", "plain", "tls", "accounts", "min-free");
  private static final List<String> WORKER_KEYS =
      List.of("state", "stop-timeout", "scripts", "brokers");
  private static final List<String> ACCESS_KEYS =
      List.of("url", "account", "password-file", "plain", "tls");

  private static final Endpoint LISTEN = new Endpoint(true, "0.0.0.0", 61617);
  private static final Path DATA = Path.of("/var/lib/navette/broker");
  private static final int MOST_SCRIPTS = 4096;
  private static final long MIN_FREE = 512L << 20;

  private final Path folder;
  private final FaultList faults;

  DaemonReader(Path folder, FaultList faults) {
    this.folder = folder;
    this.faults = faults;
  }

  /**
   * What the file says.
   *
   * @param daemon absent if something outside of the two sections is wrong; without the section
   *     that has a fault of its own, so that the other daemon runs
   */
  record Result(Optional<DaemonConfig> daemon, FluxDefaults defaults) {}

  Result read(Table table) {
    int before = faults.errors();
    Section root =
        Section.root(table, List.of("logs", "run", "alerts", "ingest", "worker"), faults);
    if (!root.has("ingest") && !root.has("worker")) {
      faults.error(
          Mark.START, "neither 'ingest' nor 'worker': say which daemon runs on this machine");
    }
    Path logs = root.optionalPath("logs").orElse(FluxDefaults.LOGS);
    Path run = root.optionalPath("run").orElse(Path.of("/run/navette"));
    AlertRules alerts = AlertsReader.ofDaemons(root);
    boolean common = faults.errors() == before;

    Optional<IngestDaemon> ingest =
        unlessFaulty(() -> root.section("ingest", INGEST_KEYS).map(this::ingest));
    Optional<WorkerDaemon> worker =
        unlessFaulty(() -> root.section("worker", WORKER_KEYS).map(this::worker));
    FluxDefaults defaults =
        new FluxDefaults(
            logs,
            ingest.map(IngestDaemon::spool).orElse(FluxDefaults.SPOOL),
            brokerNames(table),
            alerts);
    return new Result(
        common
            ? Optional.of(new DaemonConfig(logs, run, ingest, worker, alerts))
            : Optional.empty(),
        defaults);
  }

  private <T> Optional<T> unlessFaulty(Supplier<Optional<T>> section) {
    int before = faults.errors();
    Optional<T> read = section.get();
    return faults.errors() > before ? Optional.empty() : read;
  }

  /** The brokers as written, so that a fault in one of them is not told again by each flux. */
  private static Optional<Set<String>> brokerNames(Table root) {
    return below(root, "worker")
        .flatMap(worker -> below(worker, "brokers"))
        .<Set<String>>map(brokers -> new TreeSet<>(brokers.entries().keySet()))
        .filter(names -> !names.isEmpty());
  }

  private static Optional<Table> below(Table table, String key) {
    return Optional.ofNullable(table.entries().get(key))
        .map(YamlNode.Entry::value)
        .filter(Table.class::isInstance)
        .map(Table.class::cast);
  }

  private IngestDaemon ingest(Section keys) {
    Broker broker =
        keys.has("broker")
            ? keys.section("broker", BROKER_KEYS).map(this::broker).orElseGet(this::noBroker)
            : noBroker();
    if (!keys.has("broker")) {
      keys.refuse("broker", missingTls(LISTEN));
    }
    return new IngestDaemon(
        keys.optionalPath("spool").orElse(FluxDefaults.SPOOL),
        keys.optionalPath("state").orElse(Path.of("/var/lib/navette/ingest")),
        broker);
  }

  private Broker noBroker() {
    return new Broker(
        DATA, Optional.empty(), LISTEN, Optional.empty(), folder.resolve("accounts"), MIN_FREE);
  }

  private Broker broker(Section keys) {
    Endpoint listen = keys.read("listen", text -> EndpointText.parse(text, 0)).orElse(LISTEN);
    guardPlain(keys, "listen", listen);
    Optional<ServerTls> tls =
        keys.section("tls", List.of("certificate", "key"))
            .map(
                files -> {
                  files.require("certificate", "key");
                  return new ServerTls(files.path("certificate"), files.path("key"));
                });
    if (listen.tls() && !keys.has("tls")) {
      keys.refuse("listen", missingTls(listen));
    }
    if (!listen.tls() && keys.has("tls")) {
      keys.warn("tls", "not used, since 'listen' is plain tcp://");
    }
    return new Broker(
        keys.optionalPath("data").orElse(DATA),
        keys.optionalPath("xml"),
        listen,
        listen.tls() ? tls : Optional.empty(),
        keys.optionalPath("accounts").orElse(folder.resolve("accounts")),
        keys.size("min-free", MIN_FREE, 0, 1L << 50));
  }

  private static String missingTls(Endpoint listen) {
    return "the broker listens on "
        + listen
        + ", so ingest.broker.tls needs 'certificate' and 'key' (PEM files)";
  }

  private WorkerDaemon worker(Section keys) {
    keys.require("brokers");
    Map<String, BrokerAccess> brokers = new LinkedHashMap<>();
    keys.names("brokers")
        .ifPresent(
            names -> {
              if (names.keys().isEmpty()) {
                keys.refuse("brokers", "names no broker: a worker needs at least one");
              }
              for (String name : names.keys()) {
                Scalars.plainName(name)
                    .orComplain(what -> faults.error(names.keyAt(name), "worker.brokers: " + what));
                names
                    .section(name, ACCESS_KEYS)
                    .ifPresent(access -> brokers.put(name, access(access)));
              }
            });
    return new WorkerDaemon(
        keys.optionalPath("state").orElse(Path.of("/var/lib/navette/worker")),
        keys.duration("stop-timeout", Duration.ofSeconds(30), Duration.ZERO, Duration.ofHours(1)),
        brokers,
        keys.whole("scripts", WorkerDaemon.SCRIPTS, 1, MOST_SCRIPTS));
  }

  private static BrokerAccess access(Section keys) {
    keys.require("url", "account", "password-file");
    Endpoint url =
        keys.read("url", text -> EndpointText.parse(text, 1))
            .orElse(new Endpoint(true, "localhost", 1));
    guardPlain(keys, "url", url);
    return new BrokerAccess(
        url,
        keys.read("account", Scalars::plainName).orElse("-"),
        keys.path("password-file"),
        keys.section("tls", List.of("ca")).flatMap(tls -> tls.optionalPath("ca")));
  }

  private static void guardPlain(Section keys, String key, Endpoint endpoint) {
    boolean plain = keys.flag("plain", false);
    boolean open = !endpoint.tls() && !EndpointText.isLoopback(endpoint);
    if (open && plain) {
      keys.warn(key, "passwords and patients' files cross the network unencrypted ('plain: true')");
    } else if (open) {
      keys.refuse(
          key,
          endpoint
              + " is not encrypted: expected tls://, or tcp:// on loopback (or, knowing that anybody"
              + " on the network can read along, 'plain: true')");
    } else if (plain && endpoint.tls()) {
      keys.warn("plain", "means nothing, since " + endpoint + " is encrypted");
    }
  }
}
