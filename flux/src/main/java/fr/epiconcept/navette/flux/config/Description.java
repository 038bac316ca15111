package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.DaemonConfig.Broker;
import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import fr.epiconcept.navette.flux.config.DaemonConfig.IngestDaemon;
import fr.epiconcept.navette.flux.config.DaemonConfig.WorkerDaemon;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Writes down the settings in force, each with its key; what no file says is marked so. */
final class Description {
  private static final Pattern SECRET_NAME =
      Pattern.compile("PASS|PWD|SECRET|TOKEN|KEY|CREDENTIAL|AUTH");
  private static final Pattern SECRET_VALUE = Pattern.compile("://[^/]*@");

  private final Positions positions;
  private final boolean masks;
  private final SortedMap<String, String> settings = new TreeMap<>();
  private final StringBuilder text = new StringBuilder();
  private Path file = Path.of("");

  Description(Positions positions) {
    this(positions, true);
  }

  private Description(Positions positions, boolean masks) {
    this.positions = positions;
    this.masks = masks;
  }

  /**
   * The settings of a flux on one server, by key.
   *
   * @param masks whether what may be a secret is left out
   */
  static SortedMap<String, String> settings(FluxConfig flux, Side side, boolean masks) {
    Description description = new Description(new Positions(Map.of()), masks);
    if (side == Side.INGEST) {
      flux.ingest().ifPresent(description::ingest);
    } else {
      flux.worker().ifPresent(description::worker);
    }
    description.alerts(flux.alerts(), true);
    return description.settings;
  }

  /** The settings of one daemon, by key. */
  static SortedMap<String, String> settings(DaemonConfig daemon, Side side) {
    Description description = new Description(new Positions(Map.of()), true);
    description.line(daemon.logs(), "logs");
    description.line(daemon.run(), "run");
    if (side == Side.INGEST) {
      daemon.ingest().ifPresent(description::ingestDaemon);
    } else {
      daemon.worker().ifPresent(description::workerDaemon);
    }
    return description.settings;
  }

  String of(Configuration configuration) {
    configuration
        .daemon()
        .ifPresent(
            daemon -> {
              begin("daemons", configuration.mainFile());
              daemon(daemon);
            });
    for (FluxConfig flux : configuration.fluxes()) {
      begin("flux " + flux.name(), flux.file());
      flux.ingest().ifPresent(this::ingest);
      flux.worker().ifPresent(this::worker);
      alerts(flux.alerts(), true);
    }
    return text.toString();
  }

  private void daemon(DaemonConfig daemon) {
    line(daemon.logs(), "logs");
    line(daemon.run(), "run");
    alerts(daemon.alerts(), false);
    daemon.ingest().ifPresent(this::ingestDaemon);
    daemon.worker().ifPresent(this::workerDaemon);
  }

  private void ingestDaemon(IngestDaemon ingest) {
    line(ingest.spool(), "ingest", "spool");
    line(ingest.state(), "ingest", "state");
    Broker broker = ingest.broker();
    line(broker.data(), "ingest", "broker", "data");
    line(optional(broker.xml(), "the packaged one"), "ingest", "broker", "xml");
    line(broker.listen(), "ingest", "broker", "listen");
    broker
        .tls()
        .ifPresent(
            tls -> {
              line(tls.certificate(), "ingest", "broker", "tls", "certificate");
              line(tls.key(), "ingest", "broker", "tls", "key");
            });
    line(broker.accounts(), "ingest", "broker", "accounts");
    line(SizeText.spell(broker.minFree()), "ingest", "broker", "min-free");
  }

  private void workerDaemon(WorkerDaemon worker) {
    line(worker.state(), "worker", "state");
    line(DurationText.spell(worker.stopTimeout()), "worker", "stop-timeout");
    line(worker.scripts(), "worker", "scripts");
    for (Map.Entry<String, BrokerAccess> broker : new TreeMap<>(worker.brokers()).entrySet()) {
      String name = broker.getKey();
      BrokerAccess access = broker.getValue();
      line(access.endpoint(), "worker", "brokers", name, "url");
      line(access.account(), "worker", "brokers", name, "account");
      line(access.passwordFile(), "worker", "brokers", name, "password-file");
      line(
          optional(access.ca(), "those of the Java runtime"),
          "worker",
          "brokers",
          name,
          "tls",
          "ca");
    }
  }

  private void ingest(IngestSection ingest) {
    line(ingest.inboxElsewhere().<Object>map(it -> it).orElse(ingest.inbox()), "ingest", "inbox");
    line(ingest.spool(), "ingest", "spool");
    line(ingest.archive(), "ingest", "archive");
    line(ingest.quarantine(), "ingest", "quarantine");
    if (ingest.out().isPresent()) {
      out(ingest);
      line(Choice.spell(ingest.out().get().ifExists()), "ingest", "out", "if-exists");
    } else {
      line("none", "ingest", "out");
    }
    ready(ingest.ready(), "ingest", "ready");
    line(ingest.ready().recursive(), "ingest", "recursive");
    line(Choice.spell(ingest.ready().order()), "ingest", "order");
    line(words(ingest.after().stream().map(FluxName::value).toList()), "ingest", "after");
    line(ingest.check().map(Description::words).orElse("none"), "ingest", "check");
    line(DurationText.spell(ingest.checkTimeout()), "ingest", "check-timeout");
    ingest.sftp().ifPresent(this::sftp);
    line(ingest.workers().mode().spelled(), "ingest", "workers");
    line(DurationText.spell(ingest.workers().takeover()), "ingest", "takeover");
    line(ingest.log(), "ingest", "log");
  }

  private void out(IngestSection ingest) {
    FolderTarget target = ingest.out().orElseThrow();
    if (ingest.outElsewhere().isEmpty()) {
      target(target, "ingest", "out");
      return;
    }
    if (positions.has(file, "ingest", "out", "path")) {
      line(ingest.outElsewhere().get(), "ingest", "out", "path");
    } else {
      line(ingest.outElsewhere().get(), "ingest", "out");
    }
    line(ModeText.spell(target.mode()), "ingest", "out", "mode");
  }

  private void sftp(SftpRules sftp) {
    line(sftp.knownHosts(), "ingest", "sftp", "known-hosts");
    sftp.keyFile().ifPresent(it -> line(it, "ingest", "sftp", "key-file"));
    sftp.passphraseFile().ifPresent(it -> line(it, "ingest", "sftp", "passphrase-file"));
    sftp.passwordFile().ifPresent(it -> line(it, "ingest", "sftp", "password-file"));
    line(DurationText.spell(sftp.every()), "ingest", "sftp", "every");
    line(Choice.spell(sftp.taken()), "ingest", "sftp", "taken");
    sftp.moveTo().ifPresent(it -> line(it, "ingest", "sftp", "move-to"));
  }

  private void worker(WorkerSection worker) {
    line(worker.broker().isEmpty() ? "none here" : worker.broker(), "worker", "broker");
    target(worker.storage(), "worker", "storage");
    line(words(worker.script()), "worker", "script");
    line(worker.phpFpm().map(PhpFpm::text).orElse("none"), "worker", "php-fpm");
    line(worker.runAs().orElse("the daemon's user"), "worker", "run-as");
    line(worker.folder(), "worker", "folder");
    for (Map.Entry<String, String> variable : new TreeMap<>(worker.env()).entrySet()) {
      String value = variable.getValue();
      String shown = masks ? masked(variable.getKey(), value) : quoted(value);
      line(shown, "worker", "env", variable.getKey());
    }
    line(DurationText.spell(worker.timeout()), "worker", "timeout");
    line(optional(worker.archive(), "none (the script takes care)"), "worker", "archive");
    line(optional(worker.out(), "none"), "worker", "out");
    ready(worker.outReady(), "worker", "out-ready");
    line(worker.outReady().recursive(), "worker", "recursive");
    line(worker.concurrency(), "worker", "concurrency");
    line(Choice.spell(worker.priority()), "worker", "priority");
    line(worker.ahead(), "worker", "ahead");
    RetryRules retry = worker.retry();
    line(retry.attempts(), "worker", "retry", "attempts");
    line(DurationText.spell(retry.delay()), "worker", "retry", "delay");
    line(retry.multiplier(), "worker", "retry", "multiplier");
    line(DurationText.spell(retry.maxDelay()), "worker", "retry", "max-delay");
    line(new TreeSet<>(retry.exitCodes()), "worker", "retry", "exit-codes");
    line(Choice.spell(worker.onFailure()), "worker", "on-failure");
    line(Choice.spell(worker.onInterrupt()), "worker", "on-interrupt");
    line(SizeText.spell(worker.outputLimit()), "worker", "output-limit");
    line(worker.log(), "worker", "log");
  }

  private void alerts(AlertRules rules, boolean ofFlux) {
    if (rules.isOff()) {
      line("none", "alerts");
      return;
    }
    line(command(rules.command()), "alerts", "command");
    new TreeMap<>(rules.commands())
        .forEach((alert, words) -> line(command(words), "alerts", "commands", alert.word()));
    line(DurationText.spell(rules.atMost()), "alerts", "at-most");
    line(orNone(rules.oldest()), "alerts", "oldest");
    line(orNone(rules.silence()), "alerts", "silence");
    line(orNone(rules.acknowledgement()), "alerts", "acknowledgement");
    if (!ofFlux) {
      line(orNone(rules.workerAway()), "alerts", "worker-away");
      line(orNone(rules.certificate()), "alerts", "certificate");
    }
  }

  private static String command(List<String> words) {
    return words.isEmpty() ? "none" : words(words);
  }

  private static String orNone(Optional<Duration> duration) {
    return duration.map(DurationText::spell).orElse("none");
  }

  private void target(FolderTarget target, String section, String key) {
    // A target may be written as its path alone.
    if (positions.has(file, section, key) && !positions.has(file, section, key, "path")) {
      line(target.path(), section, key);
    } else {
      line(target.path(), section, key, "path");
    }
    line(target.owner().orElse("the daemon's user"), section, key, "owner");
    line(target.group().orElse("the daemon's group"), section, key, "group");
    line(ModeText.spell(target.mode()), section, key, "mode");
  }

  private void ready(ReadyRules rules, String section, String key) {
    line(DurationText.spell(rules.quiet()), section, key, "quiet");
    line(Choice.spell(rules.marker()), section, key, "marker");
    line(rules.hash(), section, key, "hash");
    line(rules.match().isEmpty() ? "any name" : words(rules.match()), section, key, "match");
    line(words(rules.ignore()), section, key, "ignore");
    line(Choice.spell(rules.empty()), section, key, "empty");
    line(DurationText.spell(rules.rescan()), section, key, "rescan");
  }

  /** A variable may hold what a log must not: judged by its name, and by a URL with a login. */
  private static String masked(String name, String value) {
    boolean secret =
        SECRET_NAME.matcher(name.toUpperCase(Locale.ROOT)).find()
            || SECRET_VALUE.matcher(value).find();
    return secret ? "(masked)" : quoted(value);
  }

  private static String words(List<String> words) {
    return words.stream().map(Description::quoted).toList().toString();
  }

  private static String quoted(String word) {
    return "\"" + word.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static Object optional(Optional<Path> path, String otherwise) {
    return path.isPresent() ? path.get() : otherwise;
  }

  private void begin(String title, Path from) {
    file = from;
    text.append(Fault.oneLine(title + " (" + from + ")")).append('\n');
  }

  private void line(Object value, String... keys) {
    settings.put(String.join(".", keys), Fault.oneLine(value.toString()));
    text.append("  ")
        .append(String.join(".", keys))
        .append(": ")
        .append(Fault.oneLine(value.toString()))
        .append(positions.has(file, keys) ? "" : "  (default)")
        .append('\n');
  }
}
