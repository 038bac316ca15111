package fr.epiconcept.navette.bench;

import static java.nio.file.attribute.PosixFilePermissions.fromString;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A file server and a processing server in one folder, laid out as an administrator does it: TLS
 * between them, a certificate and an account by the commands, both daemons with the launcher's own
 * options.
 */
final class Site implements AutoCloseable {
  private static final String INGEST_YAML =
      """
      logs: ROOT/files/log
      run: ROOT/files/run
      ingest:
        spool: ROOT/files/spool
        state: ROOT/files/state
        broker:
          data: ROOT/files/broker
          listen: tls://127.0.0.1:PORT
          tls: {certificate: ROOT/files/etc/tls/server.crt, key: ROOT/files/etc/tls/server.key}
      """;

  private static final String WORKER_YAML =
      """
      logs: ROOT/front/log
      run: ROOT/front/run
      worker:
        state: ROOT/front/state
        brokers:
          files1:
            url: tls://127.0.0.1:PORT
            account: front1
            password-file: ROOT/front/etc/password
            tls: {ca: ROOT/files/etc/tls/ca.crt}
      """;

  private static final String FLUX_YAML =
      """
      ingest:
        inbox: ROOT/files/FLUX/inbox
        archive: ROOT/files/FLUX/archive
        quarantine: ROOT/files/FLUX/quarantine
      worker:
        storage: ROOT/front/FLUX/storage
        script: SCRIPT
        concurrency: CONCURRENCY
        ahead: AHEAD
      """;

  private final Lab lab;
  private final Path root;
  private final int port = freePort();
  private final Map<String, Flux> fluxes = new HashMap<>();
  private final Map<String, Service> daemons = new HashMap<>();
  private List<String> prefix = List.of();

  private Site(Lab lab, Path root) {
    this.lab = lab;
    this.root = root;
  }

  /** Laid out; no daemon runs yet. */
  static Site laidOut(Lab lab, String name, List<Flux> fluxes)
      throws IOException, InterruptedException {
    Site site = new Site(lab, lab.room(name));
    site.layOut(fluxes);
    return site;
  }

  /** With both daemons. */
  static Site started(Lab lab, String name, Flux... fluxes)
      throws IOException, InterruptedException {
    return started(lab, name, Arrays.asList(fluxes));
  }

  static Site started(Lab lab, String name, List<Flux> fluxes)
      throws IOException, InterruptedException {
    Site site = laidOut(lab, name, fluxes);
    try {
      site.startIngest();
      site.startWorker();
    } catch (IllegalStateException | IOException | InterruptedException e) {
      site.stopBoth();
      throw e;
    }
    return site;
  }

  /** Below the ports that the kernel gives to outgoing connections: it stays free over restarts. */
  private static int freePort() {
    int port = 0;
    while (port == 0) {
      int candidate = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try (ServerSocket probe = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
        port = probe.getLocalPort();
      } catch (IOException taken) {
        port = 0;
      }
    }
    return port;
  }

  // --- laying out ---

  private void layOut(List<Flux> all) throws IOException, InterruptedException {
    for (String side : List.of("files", "front")) {
      Files.createDirectories(root.resolve(side).resolve("etc/flux.d"));
      Files.createDirectories(root.resolve(side).resolve("log"));
    }
    Files.writeString(config("ingest").resolve("navette.yml"), filled(INGEST_YAML));
    Files.writeString(config("worker").resolve("navette.yml"), filled(WORKER_YAML));
    List<String> account = new ArrayList<>(List.of("accounts", "add", "front1"));
    for (Flux flux : all) {
      layOut(flux);
      account.addAll(List.of("--flux", flux.name()));
    }
    Path password = Files.writeString(config("worker").resolve("password"), "of the bench\n");
    Files.setPosixFilePermissions(password, fromString("rw-------"));
    account.addAll(List.of("--password-file", password.toString()));
    command("ingest", account);
    command("ingest", List.of("certs", "create", "127.0.0.1"));
  }

  private void layOut(Flux flux) throws IOException {
    fluxes.put(flux.name(), flux);
    for (String folder : List.of("inbox", "archive", "quarantine")) {
      Files.createDirectories(root.resolve("files").resolve(flux.name()).resolve(folder));
    }
    Files.createDirectories(storage(flux.name()));
    Path own = script(flux.name());
    if (flux.script().isEmpty()) {
      Script.unlink(own);
    }
    String yaml =
        filled(FLUX_YAML)
            .replace("FLUX", flux.name())
            .replace("SCRIPT", flux.command(own.toString()))
            .replace("CONCURRENCY", Integer.toString(flux.concurrency()))
            .replace("AHEAD", Integer.toString(flux.ahead()));
    for (String daemon : List.of("ingest", "worker")) {
      Files.writeString(config(daemon).resolve("flux.d").resolve(flux.name() + ".yml"), yaml);
    }
  }

  private String filled(String yaml) {
    return yaml.replace("ROOT", root.toString()).replace("PORT", Integer.toString(port));
  }

  private Path config(String daemon) {
    return root.resolve(daemon.equals("ingest") ? "files" : "front").resolve("etc");
  }

  Path inbox(String flux) {
    return root.resolve("files").resolve(flux).resolve("inbox");
  }

  Path storage(String flux) {
    return root.resolve("front").resolve(flux).resolve("storage");
  }

  Path archive(String flux) {
    return root.resolve("files").resolve(flux).resolve("archive");
  }

  Path staging(String flux) {
    return root.resolve("files").resolve(flux).resolve("staging");
  }

  Path spool(String flux) {
    return root.resolve("files/spool").resolve(flux);
  }

  Path script(String flux) {
    return root.resolve("bin").resolve(flux).resolve("unlink");
  }

  // --- what happens ---

  /** The next starts stand behind these words, which must become what they start ("exec"). */
  void behind(List<String> command) {
    prefix = List.copyOf(command);
  }

  /** Returns when it is ready; how long that took. */
  Duration startIngest() throws IOException, InterruptedException {
    return start("ingest");
  }

  Duration startWorker() throws IOException, InterruptedException {
    return start("worker");
  }

  private Duration start(String daemon) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    prefix.forEach(word -> words.add(word.replace("SIDE", daemon)));
    words.addAll(List.of(lab.navette().toString(), daemon, "--config", config(daemon).toString()));
    String options = lab.options().text(Option.JAVA_OPTS).replace("SIDE", daemon);
    Service service =
        Service.launch(
            "navette " + daemon,
            words,
            options.isEmpty() ? Map.of() : Map.of("NAVETTE_JAVA_OPTS", options),
            "navette " + daemon + " is ready",
            root.resolve(daemon + ".stderr"));
    daemons.put(daemon, service);
    return service.awaitReady();
  }

  void stopIngest() {
    stop("ingest");
  }

  void stopWorker() {
    stop("worker");
  }

  private void stop(String daemon) {
    Service service = daemons.remove(daemon);
    if (service != null) {
      service.close();
    }
  }

  /** One of Navette's commands, on the file server. */
  String command(String... words) throws IOException, InterruptedException {
    return command("ingest", Arrays.asList(words));
  }

  private String command(String daemon, List<String> words)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(lab.navette().toString()));
    command.addAll(words);
    command.addAll(List.of("--config", config(daemon).toString()));
    return Tool.run(command);
  }

  ProcessHandle ingest() {
    return daemons.get("ingest").handle();
  }

  ProcessHandle worker() {
    return daemons.get("worker").handle();
  }

  List<ProcessHandle> both() {
    return List.of(ingest(), worker());
  }

  Carrier carrier(String flux) {
    if (!fluxes.containsKey(flux)) {
      throw new IllegalArgumentException("no flux " + flux);
    }
    return new FluxCarrier(this, flux);
  }

  void stopBoth() {
    stopWorker();
    stopIngest();
  }

  @Override
  public void close() {
    stopBoth();
  }
}
