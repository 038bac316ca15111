package fr.epiconcept.navette.e2e;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Accounts;
import fr.epiconcept.navette.broker.Certificates;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.log.LogLine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A file server and a processing server below one folder, with an account {@code front1} that
 * serves all fluxes and an administrator; their daemons are started and killed by the test.
 *
 * <pre>{@code
 * try (TwoServers servers = TwoServers.in(folder).with(Flux.named("labo"))) {
 *   servers.ingest().start();
 *   servers.worker().start();
 *   servers.deposit("labo", "a.hl7", "PID|1");
 *   servers.awaitIdle();
 *   Books.of(servers, "labo").balance();
 * }
 * }</pre>
 */
final class TwoServers implements AutoCloseable {
  static final String WORKER = "front1";
  static final String ADMIN = "tester";
  static final String ADMIN_PASSWORD = "browse all";

  /** Generous: the machine may be busy with other tests. */
  static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final Duration MOST_PATIENCE = Duration.ofMinutes(10);

  private static final List<String> WITHOUT_PRIVILEGES =
      List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all");

  private final Path root;
  private final List<Flux> fluxes = new ArrayList<>();
  private final HandedOver deposits = new HandedOver();
  private final HandedOver handedIn = new HandedOver();
  private final DaemonProcess ingest;
  private final DaemonProcess worker;
  private final int port;
  private Optional<Relay> relay = Optional.empty();
  private boolean tls;
  private String alertLines = "";
  private String brokerLines = "";
  private String workerLines = "";

  private TwoServers(Path root) throws IOException {
    this.root = root;
    this.port = freePort();
    ingest = new DaemonProcess("ingest", root.resolve("etc-files"), root.resolve("ingest.err"));
    worker = new DaemonProcess("worker", root.resolve("etc-front"), root.resolve("worker.err"));
    TellsOnFailure.opened(this);
  }

  static TwoServers in(Path folder) throws IOException {
    return new TwoServers(folder);
  }

  /** Below the ports that the kernel gives to outgoing connections: it stays free over restarts. */
  static int freePort() {
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

  // --- what they are like ---

  /** With TLS between them. Before {@link #with}. */
  TwoServers tls() {
    tls = true;
    return this;
  }

  /** With a network between them that the test can break. Before {@link #with}. */
  TwoServers relayed() throws IOException {
    relay = Optional.of(new Relay(port));
    return this;
  }

  /**
   * Root's privileges would let the daemons read what nobody may. Where others start the tests,
   * nobody has them.
   */
  TwoServers withoutPrivileges() {
    if (Tool.isRoot()) {
      ingest.behind(WITHOUT_PRIVILEGES);
      worker.behind(WITHOUT_PRIVILEGES);
    }
    return this;
  }

  /** More lines of {@code ingest.broker}, such as {@code min-free: 1GiB}. Before {@link #with}. */
  TwoServers broker(String... lines) {
    brokerLines = indented("    ", lines);
    return this;
  }

  /** More lines of {@code worker}, such as {@code stop-timeout: 1s}. Before {@link #with}. */
  TwoServers workerDaemon(String... lines) {
    workerLines = indented("  ", lines);
    return this;
  }

  /** Lines of {@code alerts} of both servers, such as {@code oldest: 2s}. Before {@link #with}. */
  TwoServers alerts(String... lines) {
    alertLines = "alerts:\n" + indented("  ", lines);
    return this;
  }

  private static String indented(String by, String... lines) {
    return Arrays.stream(lines).map(line -> by + line + "\n").collect(Collectors.joining());
  }

  /** Lays out both servers with these fluxes. */
  TwoServers with(Flux... all) throws IOException {
    for (String folder :
        List.of("files/log", "files/spool", "front/log", "etc-files/flux.d", "etc-front/flux.d")) {
      Files.createDirectories(root.resolve(folder));
    }
    for (Flux flux : all) {
      flux.layOut(root);
      fluxes.add(flux);
    }
    Accounts accounts = new Accounts(root.resolve("etc-files/accounts"));
    accounts.add(
        WORKER,
        fluxes.stream().map(Flux::fluxName).collect(Collectors.<FluxName>toSet()),
        "secret".toCharArray());
    accounts.addAdmin(ADMIN, ADMIN_PASSWORD.toCharArray());
    if (tls) {
      Certificates.create(certificates(), List.of("127.0.0.1"), InstantSource.system());
    }
    Path password = Files.writeString(root.resolve("etc-front/password"), "secret\n");
    Files.setPosixFilePermissions(password, fromString("rw-------"));
    Files.writeString(ingest.config().resolve("navette.yml"), ingestYaml());
    Files.writeString(worker.config().resolve("navette.yml"), workerYaml());
    return this;
  }

  /** As administrators deploy it: one file for each flux, the same on both servers. */
  TwoServers withOneFileForBoth(Flux... all) throws IOException {
    with(all);
    for (Flux flux : all) {
      Path files = root.resolve("etc-files/flux.d").resolve(flux.fluxName() + ".yml");
      Path front = root.resolve("etc-front/flux.d").resolve(flux.fluxName() + ".yml");
      String both = Files.readString(files) + Files.readString(front);
      Files.writeString(files, both);
      Files.writeString(front, both);
    }
    return this;
  }

  private Path certificates() {
    return root.resolve("etc-files/certs");
  }

  private String url(int at) {
    return (tls ? "tls" : "tcp") + "://127.0.0.1:" + at;
  }

  private String ingestYaml() {
    String yaml =
        """
        logs: ROOT/files/log
        run: ROOT/run-files
        ingest:
          spool: ROOT/files/spool
          state: ROOT/files/state
          broker:
            data: ROOT/files/broker
            listen: URL
            accounts: ROOT/etc-files/accounts
        """;
    String certificate =
        "    tls: {certificate: ROOT/etc-files/certs/server.crt,"
            + " key: ROOT/etc-files/certs/server.key}\n";
    return filled(yaml + (tls ? certificate : "") + brokerLines + alertLines, port);
  }

  private String workerYaml() {
    String yaml =
        """
        logs: ROOT/front/log
        run: ROOT/run-front
        worker:
          state: ROOT/front/state
          brokers:
            files1:
              url: URL
              account: front1
              password-file: ROOT/etc-front/password
        """;
    String authority = "      tls: {ca: ROOT/etc-files/certs/ca.crt}\n";
    return filled(
        yaml + (tls ? authority : "") + workerLines + alertLines,
        relay.map(Relay::port).orElse(port));
  }

  private String filled(String yaml, int at) {
    return yaml.replace("ROOT", root.toString()).replace("URL", url(at));
  }

  // --- what they have ---

  Path root() {
    return root;
  }

  DaemonProcess ingest() {
    return ingest;
  }

  DaemonProcess worker() {
    return worker;
  }

  Relay relay() {
    return relay.orElseThrow();
  }

  List<Flux> fluxes() {
    return fluxes;
  }

  Flux flux(String name) {
    return fluxes.stream().filter(flux -> flux.name().equals(name)).findFirst().orElseThrow();
  }

  /** The folder that an accident wipes or a backup brings back. */
  Path brokerData() {
    return root.resolve("files/broker");
  }

  /** What partners deposited. */
  HandedOver deposits() {
    return deposits;
  }

  /** What an application handed in as acknowledgements, beside those of the script. */
  HandedOver handedIn() {
    return handedIn;
  }

  /** A client of the broker with all rights. */
  Queues queues() {
    Optional<Path> ca =
        tls ? Optional.of(certificates().resolve("ca.crt")) : Optional.<Path>empty();
    return new Queues(port, ca);
  }

  // --- what happens ---

  /** A partner deposits a file, by a rename as good ones do. */
  void deposit(String flux, String name, String text) throws IOException {
    deposit(flux, name, text.getBytes(StandardCharsets.UTF_8));
  }

  void deposit(String flux, String name, byte[] bytes) throws IOException {
    deposits.put(flux(flux), flux(flux).inbox(), name, bytes);
  }

  /** An application puts an acknowledgement into its out folder, whenever it likes. */
  void handIn(String flux, String name, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    handedIn.put(flux(flux), flux(flux).workerOut(), name, bytes);
  }

  void startBoth() throws IOException {
    ingest.start();
    worker.start();
  }

  /** Whatever happened: both daemons live, and are those that were started first. */
  void assertNeverRestarted() throws IOException {
    for (DaemonProcess daemon : List.of(ingest, worker)) {
      assertTrue(daemon.isAlive(), () -> daemon + " has ended");
      assertEquals(1, daemon.starts(), () -> "starts of " + daemon);
    }
  }

  void killBoth() {
    ingest.end();
    worker.end();
  }

  List<LogLine> ingestLog(String flux) throws IOException {
    return log(flux(flux).ingestLog());
  }

  List<LogLine> workerLog(String flux) throws IOException {
    return log(flux(flux).workerLog());
  }

  private static List<LogLine> log(Path file) throws IOException {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines.flatMap(line -> LogLine.parse(line).stream()).toList();
    }
  }

  /** Waits for what will come true; a test that fails tells what both servers had. */
  static void awaitThat(String what, Callable<Boolean> condition) {
    await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(condition);
  }

  /**
   * Waits until nothing of any flux is under way: the books can be compared then. However slow the
   * machine is, it is waited for as long as anything moves.
   */
  void awaitIdle() {
    Standstill standstill = new Standstill();
    await("nothing is under way any more")
        .atMost(MOST_PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(
            () -> {
              for (Flux flux : fluxes) {
                try {
                  Books.of(this, flux.name()).nothingUnderWay();
                } catch (AssertionError underWay) {
                  standstill.sees(underWay);
                  throw underWay;
                }
              }
            });
  }

  /** How long the same has been under way. */
  private static final class Standstill {
    private String last = "";
    private long since;

    void sees(AssertionError underWay) {
      String now = String.valueOf(underWay.getMessage());
      if (!now.equals(last)) {
        last = now;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > PATIENCE.toNanos()) {
        throw new IllegalStateException("nothing has moved for " + PATIENCE, underWay);
      }
    }
  }

  @Override
  public void close() {
    killBoth();
    relay.ifPresent(Relay::close);
  }
}
