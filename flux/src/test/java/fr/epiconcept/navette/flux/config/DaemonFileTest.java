package fr.epiconcept.navette.flux.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import fr.epiconcept.navette.flux.config.DaemonConfig.Broker;
import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import fr.epiconcept.navette.flux.config.DaemonConfig.Endpoint;
import fr.epiconcept.navette.flux.config.DaemonConfig.IngestDaemon;
import fr.epiconcept.navette.flux.config.DaemonConfig.ServerTls;
import fr.epiconcept.navette.flux.config.DaemonConfig.WorkerDaemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DaemonFileTest {
  private static final String TLS = "tls: {certificate: /c, key: /k}";
  private static final String WORKER =
      "worker: {brokers: {b: {url: \"tls://h:1\", account: a, password-file: /p}}}\n";

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void makeFolder() throws IOException {
    folder = ConfigFolder.in(temp);
  }

  @Test
  void fillsInTheDefaults() throws IOException {
    folder.main("ingest: {broker: {" + TLS + "}}\n" + WORKER);

    assertEquals(
        new DaemonConfig(
            Path.of("/var/log/epiconcept/flux"),
            Path.of("/run/navette"),
            Optional.of(
                new IngestDaemon(
                    Path.of("/var/spool/navette"),
                    Path.of("/var/lib/navette/ingest"),
                    new Broker(
                        Path.of("/var/lib/navette/broker"),
                        Optional.empty(),
                        new Endpoint(true, "0.0.0.0", 61617),
                        Optional.of(new ServerTls(Path.of("/c"), Path.of("/k"))),
                        temp.resolve("accounts"),
                        512L << 20))),
            Optional.of(
                new WorkerDaemon(
                    Path.of("/var/lib/navette/worker"),
                    Duration.ofSeconds(30),
                    Map.of(
                        "b",
                        new BrokerAccess(
                            new Endpoint(true, "h", 1), "a", Path.of("/p"), Optional.empty()))))),
        daemon());
  }

  @Test
  void mapsEveryKey() throws IOException {
    folder.main(
        """
        logs: /l
        run: /r
        ingest:
          spool: /s
          state: /t
          broker:
            data: /d
            xml: /x.xml
            listen: tls://[::]:7000
            tls: {certificate: /c, key: /k}
            accounts: /a
            min-free: 10GB
        worker:
          state: /w
          stop-timeout: 1m30s
          scripts: 12
          brokers:
            one: {url: "tls://one.example.org:61617", account: w1, password-file: /p1, tls: {ca: /ca}}
            two: {url: "tcp://[::1]:61616", account: w2, password-file: /p2}
        """);

    assertEquals(
        new DaemonConfig(
            Path.of("/l"),
            Path.of("/r"),
            Optional.of(
                new IngestDaemon(
                    Path.of("/s"),
                    Path.of("/t"),
                    new Broker(
                        Path.of("/d"),
                        Optional.of(Path.of("/x.xml")),
                        new Endpoint(true, "::", 7000),
                        Optional.of(new ServerTls(Path.of("/c"), Path.of("/k"))),
                        Path.of("/a"),
                        10_000_000_000L))),
            Optional.of(
                new WorkerDaemon(
                    Path.of("/w"),
                    Duration.ofSeconds(90),
                    Map.of(
                        "one",
                        new BrokerAccess(
                            new Endpoint(true, "one.example.org", 61617),
                            "w1",
                            Path.of("/p1"),
                            Optional.of(Path.of("/ca"))),
                        "two",
                        new BrokerAccess(
                            new Endpoint(false, "::1", 61616),
                            "w2",
                            Path.of("/p2"),
                            Optional.empty())),
                    12))),
        daemon());
  }

  static Stream<Arguments> brokenIngest() {
    return Stream.of(
        arguments(
            "ingest: {}", "1:1", "ingest.broker: the broker listens on tls://0.0.0.0:61617, so"),
        arguments(
            "ingest: {broker: {}}",
            "1:10",
            "ingest.broker.listen: the broker listens on tls://0.0.0.0:61617, so"),
        arguments(
            "ingest: {broker: {tls: {key: /k}}}",
            "1:19",
            "ingest.broker.tls: missing 'certificate'"),
        arguments(
            "ingest: {broker: {tls: {key: k, certificate: /c}}}",
            "1:30",
            "ingest.broker.tls.key: 'k' is a relative path"),
        arguments(
            "ingest: {broker: {" + TLS + ", min-free: 5}}",
            "1:62",
            "ingest.broker.min-free: '5' is a bare number"),
        arguments(
            "ingest: {broker: {listen: \"tcp://0.0.0.0:61616\"}}",
            "1:27",
            "ingest.broker.listen: tcp://0.0.0.0:61616 is not encrypted: expected tls://, or tcp:// on loopback (or"),
        arguments(
            "ingest: {broker: {listen: \"tcp://127.0.0.1.evil.org:1\"}}",
            "1:27",
            "ingest.broker.listen: tcp://127.0.0.1.evil.org:1 is not encrypted"),
        arguments(
            "ingest: {broker: {listen: 61616, " + TLS + "}}",
            "1:27",
            "ingest.broker.listen: '61616' is no address: expected tls://host:port"),
        arguments(
            "ingest: {broker: {listen: \"ssl://h:1\", " + TLS + "}}",
            "1:27",
            "ingest.broker.listen: 'ssl://h:1' is no address"),
        arguments(
            "ingest: {broker: {listen: \"tls://h:70000\", " + TLS + "}}",
            "1:27",
            "ingest.broker.listen: port 70000 is out of range: expected 0 to 65535"),
        arguments(
            "ingest: {spol: /a, broker: {" + TLS + "}}",
            "1:10",
            "unknown key 'spol' in ingest: did you mean 'spool'?"),
        arguments(
            "ingest: {state: /a, state: /b, broker: {" + TLS + "}}",
            "1:21",
            "the key 'state' stands in line 1 already"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenIngest")
  void aFaultOfIngestKeepsTheWorkerUp(String ingest, String place, String what) throws IOException {
    folder.main(ingest + "\n" + WORKER).flux("labo", ConfigFolder.WORKER);

    Configuration configuration = folder.read();
    assertFault(configuration, place, what);
    assertEquals(Set.of(Side.WORKER), configuration.sides());
    assertEquals(1, configuration.fluxes().size());
  }

  static Stream<Arguments> brokenWorker() {
    return Stream.of(
        arguments("worker: {}", "2:1", "worker: missing 'brokers'"),
        arguments("worker: {brokers: {}}", "2:19", "worker.brokers: names no broker"),
        arguments(
            "worker: {brokers: {b: {}}}",
            "2:20",
            "worker.brokers.b: missing 'url', 'account', 'password-file'"),
        arguments(
            "worker: {brokers: {b c: {url: \"tls://h:1\", account: a, password-file: /p}}}",
            "2:20",
            "worker.brokers: 'b c' cannot be such a name"),
        arguments(
            "worker: {brokers: {b: {url: \"tls://h:1\", account: a, password-file: p}}}",
            "2:69",
            "worker.brokers.b.password-file: 'p' is a relative path"),
        arguments(
            "worker: {brokers: {b: {url: \"tls://h:0\", account: a, password-file: /p}}}",
            "2:29",
            "worker.brokers.b.url: port 0 is out of range"),
        arguments(
            "worker: {brokers: {b: {url: \"tcp://h:1\", account: a, password-file: /p}}}",
            "2:29",
            "worker.brokers.b.url: tcp://h:1 is not encrypted"),
        arguments(
            "worker: {brokers: {b: {url: \"tls://h:1\", account: a.b, password-file: /p}}}",
            "2:51",
            "worker.brokers.b.account: 'a.b' cannot be such a name"),
        arguments(
            "worker: {brokers: {b: {url: \"tls://h:1\", acount: a, account: a, password-file: /p}}}",
            "2:42",
            "unknown key 'acount' in worker.brokers.b: did you mean 'account'?"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("brokenWorker")
  void aFaultOfTheWorkerKeepsIngestUp(String worker, String place, String what) throws IOException {
    folder.main("ingest: {broker: {" + TLS + "}}\n" + worker).flux("labo", ConfigFolder.INGEST);

    Configuration configuration = folder.read();
    assertFault(configuration, place, what);
    assertEquals(Set.of(Side.INGEST), configuration.sides());
    assertEquals(1, configuration.fluxes().size());
  }

  @Test
  void aFaultOutsideOfTheSectionsKeepsBothDown() throws IOException {
    folder.main("lgos: /l\n" + ConfigFolder.MAIN);
    assertFault(folder.read(), "1:1", "unknown key 'lgos': did you mean 'logs'?");
    assertTrue(folder.read().daemon().isEmpty());
  }

  @Test
  void warnsOfPlainConnectionsThatWereAskedFor() throws IOException {
    folder.main("ingest: {broker: {listen: \"tcp://0.0.0.0:61616\", plain: true}}\n");
    Fault fault = folder.read().faults().get(0);
    assertEquals(Fault.Severity.WARNING, fault.severity());
    assertEquals("1:27", fault.line() + ":" + fault.column());
    assertTrue(fault.what().contains("unencrypted"), fault.what());
    assertEquals(Set.of(Side.INGEST), folder.read().sides());
  }

  @Test
  void saysWhatIsMissingAltogether() throws IOException {
    Files.delete(temp.resolve("navette.yml"));
    Files.delete(temp.resolve("flux.d"));
    assertEquals(
        List.of(
            temp.resolve("flux.d")
                + ": the folder of the fluxes cannot be listed by user '"
                + DaemonUser.current().name()
                + "': no such file or folder",
            temp.resolve("navette.yml") + ": there is no such file"),
        folder.read().faults().stream().map(Fault::toString).toList());

    Path nowhere = temp.resolve("nowhere");
    assertEquals(
        nowhere + ": there is no such folder: say --config DIR, or create it",
        ConfigReader.read(nowhere).faults().get(0).toString());
  }

  private DaemonConfig daemon() {
    Configuration configuration = folder.read();
    assertEquals(List.of(), configuration.faults());
    return configuration.daemon().orElseThrow();
  }

  private static void assertFault(Configuration configuration, String place, String what) {
    assertEquals(1, configuration.daemonFaults().size(), configuration.faults().toString());
    Fault fault = configuration.daemonFaults().get(0);
    assertEquals(place, fault.line() + ":" + fault.column(), fault.what());
    assertTrue(fault.what().startsWith(what), fault.what());
  }
}
