package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Accounts;
import fr.epiconcept.navette.broker.Certificates;
import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Who is not let in, and what is not told. */
@ExtendWith(TellsOnFailure.class)
class ClosedDoorsTest {
  private static final String SECRET = "s3cret-Of-Another";

  @TempDir static Path folder;
  private static TwoServers servers;

  @BeforeAll
  static void start() throws Exception {
    servers = TwoServers.in(folder).tls().with(Flux.named("labo"), Flux.named("radio"));
    new Accounts(folder.resolve("etc-files/accounts"))
        .add("stranger", Set.of(new FluxName("radio")), SECRET.toCharArray());
    servers.startBoth();
  }

  @AfterAll
  static void stop() throws Exception {
    servers.close();
  }

  /** Another processing server: a copy of the first one's configuration with its own folders. */
  private static DaemonProcess worker(String name) throws IOException {
    Path config = folder.resolve(name);
    copy(servers.worker().config(), config);
    Yaml.change(config.resolve("navette.yml"), folder + "/front/", folder + "/" + name + "-front/");
    Yaml.change(config.resolve("navette.yml"), "run-front", name + "-run");
    Yaml.change(config.resolve("navette.yml"), "etc-front/", name + "/");
    Files.createDirectories(folder.resolve(name + "-front/log"));
    return new DaemonProcess("worker", config, folder.resolve(name + ".err"));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Files.copy(each, to.resolve(from.relativize(each)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  /** Starts it, waits for its one complaint, and sees that the true worker is not disturbed. */
  private static String complaintOf(DaemonProcess worker, String words) throws Exception {
    worker.start();
    try {
      TwoServers.awaitThat("it says: " + words, () -> worker.said().contains(words));
      String name = worker.config().getFileName().toString();
      servers.deposit("labo", name, name);
      Path answer = servers.flux("labo").out().resolve("ack-" + name);
      TwoServers.awaitThat("labo passes", () -> Files.exists(answer));
      // A worker has two links to a broker, and each says it.
      assertTrue(
          worker.said().lines().filter(line -> line.contains(words)).count() <= 2,
          () -> "said once: " + words);
      return worker.said();
    } finally {
      worker.stop();
    }
  }

  @Test
  void aWrongPasswordIsRefusedAndToldOnce() throws Exception {
    DaemonProcess worker = worker("wrongpassword");
    Path password = worker.config().resolve("password");
    Files.writeString(password, "not-the-Password\n");
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    String said = complaintOf(worker, "the login of account 'front1' was refused");
    assertFalse(said.contains("not-the-Password"));
    assertTrue(
        servers.ingest().said().contains("login of account 'front1' from"), "ingest says so");
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefused() throws Exception {
    DaemonProcess worker = worker("wrongca");
    Certificates.create(folder.resolve("other-ca"), List.of("127.0.0.1"), InstantSource.system());
    Yaml.change(
        worker.config().resolve("navette.yml"),
        folder + "/etc-files/certs/ca.crt",
        folder + "/other-ca/ca.crt");
    complaintOf(worker, "its certificate is not trusted");
  }

  @Test
  void aCertificateForAnotherHostIsRefused() throws Exception {
    DaemonProcess worker = worker("wronghost");
    Yaml.change(worker.config().resolve("navette.yml"), "//127.0.0.1:", "//localhost:");
    complaintOf(worker, "its certificate is for another host");
  }

  @Test
  void aPlainWorkerGetsNothingFromATlsBroker() throws Exception {
    DaemonProcess worker = worker("plain");
    Path yaml = worker.config().resolve("navette.yml");
    Yaml.change(yaml, "tls://", "tcp://");
    complaintOf(worker, "speaks TLS, but the address says tcp://");
  }

  @Test
  void anAccountOfAnotherFluxReceivesNothing() throws Exception {
    DaemonProcess worker = worker("stranger");
    Files.delete(worker.config().resolve("flux.d/radio.yml"));
    Yaml.change(worker.config().resolve("navette.yml"), "account: front1", "account: stranger");
    Path password = worker.config().resolve("password");
    Files.writeString(password, SECRET + "\n");
    worker.start();
    try {
      Path log = folder.resolve("stranger-front/log/labo.log");
      TwoServers.awaitThat(
          "its log says so",
          () -> Files.exists(log) && Files.readString(log).contains("receives-nothing"));
      TwoServers.awaitThat(
          "the file server says so",
          () -> servers.ingest().said().contains("account 'stranger' may not"));
      for (int i = 0; i < 5; i++) {
        servers.deposit("labo", "private" + i, "private");
        Path answer = servers.flux("labo").out().resolve("ack-private" + i);
        TwoServers.awaitThat("labo passes", () -> Files.exists(answer));
      }
      assertFalse(Files.readString(log).contains(" received "), "it was given a file");
    } finally {
      worker.stop();
    }
  }

  // --- what does not start ---

  private static Tool refused(String side, Path config) throws Exception {
    Tool refused = Tool.run(Tool.NAVETTE, side, "--config", config.toString());
    assertNotEquals(0, refused.exit(), refused.said());
    assertFalse(refused.said().contains("\tat "), refused.said());
    return refused;
  }

  private static void saysInOneLine(Tool refused, String... words) {
    assertTrue(
        refused.said().lines().anyMatch(line -> Stream.of(words).allMatch(line::contains)),
        refused.said());
  }

  @Test
  void aBrokerThatIsOpenToTheNetworkWithoutTlsIsRefused() throws Exception {
    Path config = folder.resolve("open");
    copy(servers.ingest().config(), config);
    Path yaml = config.resolve("navette.yml");
    Files.writeString(
        yaml, Files.readString(yaml).replaceAll("listen: .*", "listen: tcp://0.0.0.0:1"));
    Tool check = Tool.run(Tool.NAVETTE, "check", "--offline", "--config", config.toString());
    assertEquals(2, check.exit(), check.said());
    saysInOneLine(check, "navette.yml:", "is not encrypted");
    Tool daemon = refused("ingest", config);
    assertEquals(2, daemon.exit(), daemon.said());
    saysInOneLine(daemon, "is not encrypted");
  }

  @Test
  void aSecondIngestOnTheSameBrokerIsRefused() throws Exception {
    Path config = folder.resolve("second-files");
    copy(servers.ingest().config(), config);
    Path yaml = config.resolve("navette.yml");
    Files.writeString(
        yaml,
        Files.readString(yaml)
            .replaceAll("(listen: .*):\\d+", "$1:1")
            .replace("/files/state", "/second-state")
            .replace("/files/spool", "/second-spool"));
    saysInOneLine(refused("ingest", config), folder.resolve("files/broker").toString());
  }

  @Test
  void aSecondWorkerOnTheSameStateIsRefused() throws Exception {
    saysInOneLine(
        refused("worker", servers.worker().config()),
        "another daemon runs on",
        folder.resolve("front/state").toString());
  }

  // --- what nobody reads ---

  @Test
  void noPasswordIsInALogOrInAListOfProcesses() throws Exception {
    DaemonProcess worker = worker("quiet");
    Path password = worker.config().resolve("password");
    Files.writeString(password, SECRET + "\n");
    Yaml.change(worker.config().resolve("navette.yml"), "account: front1", "account: stranger");
    Files.delete(worker.config().resolve("flux.d/labo.yml"));
    worker.start();
    try {
      try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
        for (Path process : processes.filter(ClosedDoorsTest::isProcess).toList()) {
          assertFalse(contains(process.resolve("cmdline"), SECRET), process + "'s command line");
        }
      }
    } finally {
      worker.stop();
    }
    for (Path file : Content.files(folder)) {
      boolean log = file.toString().endsWith(".log") || file.toString().endsWith(".err");
      assertFalse(log && contains(file, SECRET), "the password is in " + file);
      assertFalse(
          file.startsWith(folder.resolve("etc-files/accounts")) && contains(file, SECRET),
          "the password stands readable in " + file);
    }
  }

  private static boolean isProcess(Path path) {
    return path.getFileName().toString().matches("\\d+")
        && !path.endsWith(Long.toString(ProcessHandle.current().pid()));
  }

  private static boolean contains(Path file, String text) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
    } catch (IOException goneOrNotOurs) {
      return false;
    }
  }
}
