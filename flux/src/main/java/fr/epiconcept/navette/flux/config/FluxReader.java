package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.ReadyRules.Order;
import fr.epiconcept.navette.flux.config.WorkerSection.OnFailure;
import fr.epiconcept.navette.flux.config.WorkerSection.OnInterrupt;
import fr.epiconcept.navette.flux.config.WorkerSection.Priority;
import fr.epiconcept.navette.flux.config.YamlNode.Table;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Reads the file of one flux. */
final class FluxReader {
  private static final List<String> INGEST_KEYS =
      List.of(
          "inbox",
          "spool",
          "archive",
          "quarantine",
          "out",
          "ready",
          "recursive",
          "order",
          "after",
          "check",
          "check-timeout",
          "sftp",
          "workers",
          "takeover",
          "log");
  private static final List<String> WORKER_KEYS =
      List.of(
          "broker",
          "storage",
          "script",
          "php-fpm",
          "run-as",
          "folder",
          "env",
          "timeout",
          "archive",
          "out",
          "out-ready",
          "recursive",
          "concurrency",
          "priority",
          "ahead",
          "retry",
          "on-failure",
          "on-interrupt",
          "output-limit",
          "log");
  private static final List<String> RETRY_KEYS =
      List.of("attempts", "delay", "multiplier", "max-delay", "exit-codes");

  private static final Duration TICK = Duration.ofMillis(1);

  /** Who waits asks twice a second, and the answer takes its way. */
  private static final Duration LEAST_TAKEOVER = Duration.ofSeconds(3);

  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration WEEK = Duration.ofDays(7);
  private static final int MOST_AT_ONCE = 64;
  private static final int MOST_AHEAD = 1000;

  private final FluxName name;
  private final Path file;
  private final FluxDefaults defaults;
  private final FaultList faults;

  FluxReader(FluxName name, Path file, FluxDefaults defaults, FaultList faults) {
    this.name = name;
    this.file = file;
    this.defaults = defaults;
    this.faults = faults;
  }

  /** The flux, or nothing once the faults hold the reason. */
  Optional<FluxConfig> read(Table table) {
    int before = faults.errors();
    Section root = Section.root(table, List.of("ingest", "worker", "alerts"), faults);
    if (!root.has("ingest") && !root.has("worker")) {
      faults.error(Mark.START, "neither 'ingest' nor 'worker': a flux needs one of them, or both");
    }
    Optional<IngestSection> ingest = root.section("ingest", INGEST_KEYS).map(this::ingest);
    Optional<WorkerSection> worker = root.section("worker", WORKER_KEYS).map(this::worker);
    AlertRules alerts = AlertsReader.ofFlux(root, defaults.alerts());
    return faults.errors() > before
        ? Optional.empty()
        : Optional.of(new FluxConfig(name, file, ingest, worker, alerts));
  }

  private IngestSection ingest(Section keys) {
    keys.require("inbox", "archive", "quarantine");
    Path spool = keys.optionalPath("spool").orElse(defaults.spool().resolve(name.value()));
    SftpReader.Places places = SftpReader.read(keys, spool);
    ReadyRules ready =
        ReadyReader.read(keys, "ready")
            .withSubFolders(keys.flag("recursive", false))
            .inOrder(keys.choice("order", Order.ARRIVAL));
    if (ready.recursive() && places.sftp().flatMap(SftpRules::inbox).isPresent()) {
      keys.refuse(
          "recursive", "sub-folders of an inbox on an SFTP server are left alone: leave it out");
    }
    if (places.sftp().isPresent() && ready.marker() == ReadyRules.Marker.OK_FOLDER) {
      keys.refuse(
          "ready", "marker: with an inbox on an SFTP server expected \"{name}.ok\" or none");
    }
    return new IngestSection(
        places.inbox(),
        spool,
        keys.path("archive"),
        keys.path("quarantine"),
        places.out(),
        ready,
        keys.command("check", Placeholders.OF_CHECK),
        keys.duration("check-timeout", Duration.ofMinutes(1), TICK, WEEK),
        log(keys),
        keys.list("after", FluxReader::flux).orElse(List.of()),
        places.sftp(),
        new SeveralWorkers(
            keys.choice("workers", SeveralWorkers.Mode.ONE_ACTIVE),
            keys.duration("takeover", SeveralWorkers.TAKEOVER, LEAST_TAKEOVER, HOUR)));
  }

  private static Parsed<FluxName> flux(String text) {
    return FluxName.parse(text)
        .map(Parsed::good)
        .orElseGet(
            () -> Parsed.bad("'" + text + "' cannot name a flux: expected " + FluxName.RULE));
  }

  private WorkerSection worker(Section keys) {
    keys.require("storage", "script");
    FolderTarget storage =
        TargetReader.read(keys, "storage", List.of("path", "owner", "group", "mode"))
            .orElse(
                new FolderTarget(
                    Path.of("/"),
                    Optional.empty(),
                    Optional.empty(),
                    TargetReader.MODE,
                    FolderTarget.IfExists.SUFFIX));
    Map<String, String> env = env(keys);
    List<String> script = keys.command("script", Placeholders.OF_SCRIPT).orElse(List.of());
    Optional<PhpFpm> phpFpm = keys.read("php-fpm", PhpFpm::parse);
    if (phpFpm.isPresent()) {
      refuseWhatIsThePools(keys, script, env);
    }
    return new WorkerSection(
        broker(keys),
        storage,
        script,
        phpFpm,
        keys.read("run-as", Scalars::systemName),
        keys.optionalPath("folder").orElse(storage.path()),
        env,
        keys.duration("timeout", Duration.ofMinutes(5), TICK, WEEK),
        keys.optionalPath("archive"),
        keys.optionalPath("out"),
        ReadyReader.read(keys, "out-ready").withSubFolders(keys.flag("recursive", false)),
        keys.whole("concurrency", 1, 1, MOST_AT_ONCE),
        keys.whole("ahead", 32, 0, MOST_AHEAD),
        retry(keys),
        keys.choice("on-failure", OnFailure.CONTINUE),
        keys.choice("on-interrupt", OnInterrupt.RERUN),
        keys.size("output-limit", 64L << 10, 0, 1L << 30),
        log(keys),
        keys.choice("priority", Priority.NORMAL));
  }

  /** A php-fpm is given the path of a script and variables: all else its pool has decided. */
  private static void refuseWhatIsThePools(
      Section keys, List<String> script, Map<String, String> env) {
    if (script.size() > 1) {
      keys.refuse(
          "script",
          "with php-fpm it is one word, the path of a PHP file: what it is to know of the file it"
              + " finds as NAVETTE_… variables");
    } else if (script.size() == 1
        && !(script.get(0).startsWith("/") && script.get(0).endsWith(".php"))) {
      keys.refuse("script", "with php-fpm it is the absolute path of a PHP file: /…/import.php");
    }
    for (String key : List.of("run-as", "folder")) {
      if (keys.has(key)) {
        keys.refuse(key, "the pool of php-fpm decides that (user, chdir): leave it out");
      }
    }
    for (String variable : List.of("PHP_VALUE", "PHP_ADMIN_VALUE")) {
      if (env.containsKey(variable)) {
        keys.refuse(
            "env", variable + " would stay in the pool for the requests of others: leave it out");
      }
    }
  }

  private Path log(Section keys) {
    return keys.optionalPath("log").orElse(defaults.logs().resolve(name.value() + ".log"));
  }

  private String broker(Section keys) {
    Optional<String> written = keys.read("broker", Scalars::plainName);
    if (defaults.brokers().isEmpty()) {
      // No worker runs here, or navette.yml does not say which brokers there are: that is its
      // fault, not the flux's.
      return written.orElse("");
    }
    Set<String> brokers = defaults.brokers().get();
    if (written.isPresent() && !brokers.contains(written.get())) {
      keys.refuse(
          "broker",
          "unknown broker '"
              + written.get()
              + "'"
              + Nearest.hint(written.get(), brokers)
              + " navette.yml knows "
              + String.join(", ", brokers));
    }
    if (!keys.has("broker") && brokers.size() != 1) {
      keys.refuse(
          "broker", "missing, and navette.yml knows several: " + String.join(", ", brokers));
    }
    return written.orElseGet(() -> brokers.iterator().next());
  }

  private Map<String, String> env(Section keys) {
    Map<String, String> env = new TreeMap<>();
    keys.names("env")
        .ifPresent(
            variables -> {
              for (String variable : variables.keys()) {
                Scalars.variable(variable)
                    .orComplain(what -> faults.error(variables.keyAt(variable), "env: " + what));
                variables
                    .read(variable, text -> Section.placed(text, Placeholders.OF_SCRIPT))
                    .ifPresent(value -> env.put(variable, value));
              }
            });
    return env;
  }

  private RetryRules retry(Section parent) {
    RetryRules otherwise = RetryRules.defaults();
    return parent
        .section("retry", RETRY_KEYS)
        .map(keys -> retry(keys, otherwise))
        .orElse(otherwise);
  }

  private static RetryRules retry(Section keys, RetryRules otherwise) {
    RetryRules rules =
        new RetryRules(
            keys.whole("attempts", otherwise.attempts(), 1, 1000),
            // Not zero: a script that says "again later" at once would spin.
            keys.duration("delay", otherwise.delay(), TICK, WEEK),
            keys.read("multiplier", text -> Scalars.number(text, 1, 100))
                .orElse(otherwise.multiplier()),
            keys.duration("max-delay", otherwise.maxDelay(), TICK, WEEK),
            // Not 0, which means "processed".
            keys.list("exit-codes", text -> Scalars.whole(text, 1, 255))
                .<Set<Integer>>map(HashSet::new)
                .orElse(otherwise.exitCodes()));
    if (rules.delay().compareTo(rules.maxDelay()) > 0) {
      keys.refuse(
          keys.has("delay") ? "delay" : "max-delay",
          "the delay of "
              + DurationText.spell(rules.delay())
              + " is longer than the max-delay of "
              + DurationText.spell(rules.maxDelay()));
    }
    return rules;
  }
}
