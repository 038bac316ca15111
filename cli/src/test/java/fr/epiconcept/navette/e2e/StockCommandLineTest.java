package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Runs the lines of docs/broker.md, as they stand there, against a broker over TLS. */
@ExtendWith(TellsOnFailure.class)
class StockCommandLineTest {
  private static final Path ARTEMIS = Path.of(System.getProperty("stock.artemis"));
  private static final Path PAGE = Path.of(System.getProperty("navette.dist"), "docs/broker.md");

  /** A block of the page: the word behind its fence, and its lines. */
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```([a-z.]+)\\n(.*?)^```$");

  private static final String FAILS_AT_FIRST =
      """
      case $NAVETTE_NAME in bad*) [ -e "$OUT/../mended" ] || exit 3;; esac
      """;

  @TempDir Path folder;
  private TwoServers servers;

  @BeforeEach
  void start() throws Exception {
    servers =
        TwoServers.in(folder).tls().with(Flux.named("labo").script(FAILS_AT_FIRST + Flux.ANSWERS));
    servers.ingest().start();
  }

  @AfterEach
  void stop() {
    servers.close();
  }

  @Test
  void showsTheQueuesAndSendsDeadLettersBack() throws Exception {
    servers.worker().start();
    servers.deposit("labo", "bad-small", "PID|bad");
    servers.deposit("labo", "bad-large", new byte[300_000]);
    TwoServers.awaitThat("two letters", () -> servers.queues().ids("flux.labo.dead").size() == 2);
    servers.worker().stop();
    servers.deposit("labo", "a", "PID|1");
    servers.deposit("labo", "b", "PID|2");
    TwoServers.awaitThat("two files", () -> servers.queues().ids("flux.labo").size() == 2);
    Files.createFile(servers.flux("labo").workerOut().resolveSibling("mended"));
    String letter = servers.queues().ids("flux.labo.dead").get(0);

    List<String> lines = page(letter, TwoServers.ADMIN_PASSWORD, ca());
    assertEquals(8, lines.size(), "lines of the page: each is looked at here");
    says(lines.get(0), "flux\\.labo +\\|.*\\| +0 +\\| +2 +\\|", "flux\\.labo\\.dead");
    says(lines.get(1), "flux\\.labo\\.dead *\\|flux\\.labo\\.dead *\\| +0 +\\| +2 +\\|");
    says(lines.get(2), "browsed: 2 messages");
    says(lines.get(3), "Failures: 0, Errors: 0");
    says(lines.get(4), "flux\\.labo exists and is not paused \\.\\.\\. success");
    says(lines.get(5), "Transferred a total of 1 messages");
    assertEquals(1, servers.queues().ids("flux.labo.dead").size(), "the other letter stays");
    says(lines.get(6), "Produced: 1 messages");
    says(lines.get(7), "flux\\.labo\\.dead *\\|flux\\.labo\\.dead *\\| +0 +\\| +0 +\\|");

    servers.worker().start();
    TwoServers.awaitThat("both are processed in round 2", () -> processed() == 4);
    servers.awaitIdle();
    Books.of(servers, "labo").sentBack("bad-small", "bad-large").balance();
    assertEquals(
        2,
        servers.ingestLog("labo").stream()
            .filter(line -> line.event().equals("transferred"))
            .filter(line -> "2".equals(line.fields().get("round")))
            .count(),
        "of their second round");
  }

  @Test
  void tellsAWrongPasswordAndAWrongCertificateAsThePageSays() throws Exception {
    assertTrue(Files.readString(PAGE).contains("`AMQ229031: Unable to validate user`"));
    assertTrue(Files.readString(PAGE).contains("`PKIX path validation failed: … signature"));

    Tool password = run(page("", "wrong", ca()).get(3));
    assertNotEquals(0, password.exit(), password.said());
    assertTrue(password.said().contains("AMQ229031: Unable to validate user"), password.said());
    assertTrue(servers.ingest().said().contains("login of account 'tester'"));

    Path other = folder.resolve("other-certs");
    Certificates.create(other, List.of("127.0.0.1"), InstantSource.system());
    Tool authority = run(page("", TwoServers.ADMIN_PASSWORD, other.resolve("ca.crt")).get(3));
    assertNotEquals(0, authority.exit(), authority.said());
    assertTrue(authority.said().contains("PKIX path validation failed"), authority.said());
    assertFalse(authority.said().contains(TwoServers.ADMIN_PASSWORD), "no password is shown");
  }

  private Path ca() {
    return folder.resolve("etc-files/certs/ca.crt");
  }

  private long processed() throws IOException {
    return servers.ingestLog("labo").stream()
        .filter(line -> line.event().equals("processed"))
        .count();
  }

  /** Fills in the page, writes its files of options, and gives its command lines. */
  private List<String> page(String id, String password, Path authority) throws IOException {
    Map<String, String> blocks = new HashMap<>();
    Matcher block = BLOCK.matcher(Files.readString(PAGE));
    while (block.find()) {
      blocks.merge(block.group(1), block.group(2), String::concat);
    }
    for (String file : List.of("read.args", "move.args")) {
      String options =
          blocks
              .get(file)
              .replace("files1.example.org:61617", "127.0.0.1:" + servers.queues().port())
              .replace("/etc/navette/tls/ca.crt", authority.toString())
              .replace("PASSWORD", password);
      Files.writeString(folder.resolve(file), options);
      Files.setPosixFilePermissions(
          folder.resolve(file), PosixFilePermissions.fromString("rw-------"));
    }
    return blocks.get("artemis").replace("01M84Z0JV38N63DNTHRZ7PR7PT", id).lines().toList();
  }

  /** As an operator does: in a shell, in the folder of those files. */
  private Tool run(String line) throws IOException, InterruptedException {
    assertTrue(
        Files.isExecutable(ARTEMIS.resolve("bin/artemis")),
        ARTEMIS + " is missing: the build fetches it from Maven Central, unless told -DskipTests");
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", ARTEMIS.resolve("bin") + ":" + System.getenv("PATH"));
    environment.put("JAVA_ARGS", "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
    return Tool.run(
        environment, List.of("sh", "-c", "cd '" + folder + "' && " + line + " </dev/null"));
  }

  private void says(String line, String... patterns) throws IOException, InterruptedException {
    String said = run(line).succeeded().said();
    for (String pattern : patterns) {
      assertTrue(Pattern.compile(pattern).matcher(said).find(), () -> line + " said\n" + said);
    }
  }
}
