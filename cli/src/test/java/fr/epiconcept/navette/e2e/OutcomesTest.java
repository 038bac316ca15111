package fr.epiconcept.navette.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.log.LogLine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a file by the way its script ends, and what a script finds around it. */
@ExtendWith(TellsOnFailure.class)
class OutcomesTest {
  @TempDir static Path folder;
  private static TwoServers servers;

  @BeforeAll
  static void start() throws Exception {
    servers =
        TwoServers.in(folder)
            .with(
                Flux.named("later")
                    .script(
                        "case $NAVETTE_NAME$NAVETTE_ATTEMPT in slow1|slow2) exit 75;; esac\n"
                            + Flux.ANSWERS)
                    .worker("retry: {attempts: 3, delay: 400ms, multiplier: 2}"),
                Flux.named("never")
                    .script("[ $NAVETTE_NAME = good ] || exit 75\n" + Flux.ANSWERS)
                    .worker("retry: {attempts: 2, delay: 100ms}"),
                Flux.named("refuses").script("[ $NAVETTE_NAME = good ] || exit 3\n" + Flux.ANSWERS),
                Flux.named("hangs").script(HANGS).worker("timeout: 1s"),
                Flux.named("stops")
                    .script("[ $NAVETTE_NAME != bad ] || exit 3\n" + Flux.ANSWERS)
                    .worker("on-failure: stop"),
                Flux.named("talks").script(TALKS).worker("output-limit: 1KiB"),
                Flux.named("around")
                    .script(AROUND)
                    .worker("env: {SAYS: \"{file}|{name}|{id}|{flux}|{attempt}|{out}\"}"),
                Flux.named("asother").script(Flux.ANSWERS + WHO).worker("run-as: nobody"),
                Flux.named("four").script(FOUR).worker("concurrency: 4"),
                Flux.named("gone").worker("retry: {attempts: 1, delay: 200ms}"));
    if (Tool.isRoot()) {
      openTo(servers.flux("asother"));
    } else {
      Files.delete(servers.root().resolve("etc-front/flux.d/asother.yml"));
    }
    servers.startBoth();
  }

  /** The script's user has to reach it, and what it works on. */
  private static void openTo(Flux flux) throws Exception {
    for (Path path = flux.workerOut(); !path.equals(folder.getParent()); path = path.getParent()) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    Files.setPosixFilePermissions(
        flux.workerOut().getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
    Yaml.change(
        servers,
        "etc-front",
        flux.name(),
        "storage: " + flux.storage(),
        "storage: {path: " + flux.storage() + ", owner: nobody}");
  }

  @AfterAll
  static void stop() throws Exception {
    servers.close();
  }

  // --- again later ---

  @Test
  void waitsInLineAfterExit75AndRunsAgainWithLongerDelays() throws Exception {
    for (String name : List.of("slow", "next", "last")) {
      servers.deposit("later", name, name);
    }
    awaitAnswer("later", "last");
    assertEquals(
        List.of("slow 1", "slow 2", "slow 3", "next 1", "last 1"),
        Journal.of(servers.flux("later")).starts().stream()
            .map(start -> start.name() + " " + start.attempt())
            .toList(),
        "the others wait behind the one that is tried again");
    List<LogLine> starts = lines("later", "started");
    assertTrue(between(starts.get(0), starts.get(1)).toMillis() >= 400, "the first delay");
    assertTrue(between(starts.get(1), starts.get(2)).toMillis() >= 800, "twice as long");
    assertEquals(
        List.of("75 1", "75 2"),
        lines("later", "again-later").stream()
            .map(line -> field(line, "exit") + " " + field(line, "attempt"))
            .toList());
  }

  @Test
  void becomesADeadLetterWithTheSameBytesWhenItsAttemptsAreUsedUp() throws Exception {
    byte[] small = "again and again".getBytes(StandardCharsets.UTF_8);
    byte[] large = new byte[300_000];
    new java.util.Random(1).nextBytes(large);
    servers.deposit("never", "small", small);
    servers.deposit("never", "large", large);
    servers.deposit("never", "good", "good");
    awaitAnswer("never", "good");
    awaitDead("never", 2);
    assertEquals(2, Journal.of(servers.flux("never")).startsOf("small"), "two attempts");
    DeadLetters letters = DeadLetters.of(servers, "never");
    assertArrayEquals(small, letters.bytes("small"));
    assertArrayEquals(large, letters.bytes("large"));
  }

  @Test
  void becomesADeadLetterAtOnceOnAnyOtherExit() throws Exception {
    servers.deposit("refuses", "bad", "bad");
    servers.deposit("refuses", "good", "good");
    awaitAnswer("refuses", "good");
    awaitDead("refuses", 1);
    Books.of(servers, "refuses").dead(List.of("bad")).balance();
    assertEquals("3", field(lines("refuses", "failed").get(0), "exit"));
    assertEquals(
        "3",
        field(
            servers.ingestLog("refuses").stream()
                .filter(line -> line.event().equals("failed"))
                .findFirst()
                .orElseThrow(),
            "exit"),
        "the file server's log knows the exit code");
  }

  // --- timeout ---

  /** One child in the script's session, and one that left it. */
  private static final String HANGS =
      """
      [ "$NAVETTE_NAME" = hangs ] || exit 0
      sleep 300 & echo $! >>"$OUT/../children"
      setsid sleep 300 & echo $! >>"$OUT/../children"
      (trap '' TERM; sleep 300) & echo $! >>"$OUT/../children"
      wait
      """;

  @Test
  void aTimeoutEndsTheScriptWithAllItsChildren() throws Exception {
    servers.deposit("hangs", "hangs", "hangs");
    servers.deposit("hangs", "next", "next");
    awaitDead("hangs", 1);
    Path children = servers.flux("hangs").workerOut().resolveSibling("children");
    List<String> pids = Files.readAllLines(children);
    assertEquals(3, pids.size());
    for (String pid : pids) {
      TwoServers.awaitThat("child " + pid + " is dead", () -> isDead(pid));
    }
    TwoServers.awaitThat(
        "the next file", () -> Journal.of(servers.flux("hangs")).startsOf("next") == 1);
    assertTrue(field(lines("hangs", "failed").get(0), "reason").contains("timeout"));
  }

  /** A dead orphan stays in the list until the machine's first process has looked at it. */
  private static boolean isDead(String pid) throws Exception {
    Path stat = Path.of("/proc", pid, "stat");
    return !Files.exists(stat) || Files.readString(stat).contains(") Z ");
  }

  // --- on-failure: stop ---

  @Test
  void nothingOvertakesAFailedFileUntilAnOperatorDecides() throws Exception {
    servers.deposit("stops", "first", "1");
    servers.deposit("stops", "bad", "2");
    servers.deposit("stops", "third", "3");
    Path hold = folder.resolve("front/state/hold/stops");
    TwoServers.awaitThat("the hold", () -> Files.exists(hold));
    servers.deposit("stops", "fourth", "4");
    Flux flux = servers.flux("stops");
    await("nothing runs")
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(20))
        .until(() -> Journal.of(flux).order().equals(List.of("first", "bad")));
    assertTrue(Files.readString(hold).contains("answered 3"), "the hold says why");
    Files.delete(hold);
    awaitAnswer("stops", "fourth");
    assertEquals(List.of("first", "bad", "third", "fourth"), Journal.of(flux).order());
    awaitDead("stops", 1);
  }

  // --- output, input, environment ---

  private static final String TALKS =
      "i=0; while [ $i -lt 2000 ]; do echo \"line $i\"; i=$((i + 1)); done\n" + Flux.ANSWERS;

  @Test
  void whatAScriptSaysIsCutAtItsLimitAndTheRestIsCounted() throws Exception {
    servers.deposit("talks", "talks", "talks");
    awaitAnswer("talks", "talks");
    List<LogLine> said = lines("talks", "output");
    LogLine dropped = lines("talks", "output-dropped").get(0);
    assertEquals("line 0", field(said.get(0), "line"));
    assertEquals(2000, said.size() + Integer.parseInt(field(dropped, "lines")));
    int bytes = said.stream().mapToInt(line -> field(line, "line").length() + 1).sum();
    assertTrue(bytes <= 1024 && bytes > 900, "logged " + bytes);
  }

  private static final String AROUND =
      """
      { printf '%s\\n' "$SAYS"; wc -c; pwd; env | sort; ls -l /proc/self/fd; } >"$OUT/../around"
      """
          + Flux.ANSWERS;

  @Test
  void aScriptFindsItsVariablesAnEmptyInputAndNothingOfTheDaemon() throws Exception {
    servers.deposit("around", "a b", "around");
    awaitAnswer("around", "a b");
    Flux flux = servers.flux("around");
    List<String> found = Files.readAllLines(flux.workerOut().resolveSibling("around"));
    String id = lines("around", "received").get(0).id().orElseThrow().value();
    Path own = flux.workerOut().resolve(".navette-run-" + id).resolve("1-1");
    assertEquals(
        flux.storage().resolve("a b") + "|a b|" + id + "|around|1|" + own, found.get(0), "env:");
    assertEquals("0", found.get(1).strip(), "bytes on its standard input");
    assertEquals(flux.storage().toString(), found.get(2), "working folder");
    assertTrue(found.contains("NAVETTE_FLUX=around"));
    assertTrue(found.contains("NAVETTE_OUT=" + own));
    assertTrue(found.stream().noneMatch(line -> line.startsWith("NAVETTE_JAVA_OPTS=")));
    assertTrue(found.stream().noneMatch(line -> line.contains("socket:")), "no file is inherited");
  }

  private static final String WHO = "id -un >\"$OUT/../who\"\n";

  @Test
  void aScriptRunsAsTheUserThatItsFluxNames() throws Exception {
    Tool.needsRoot();
    servers.deposit("asother", "asother", "x");
    awaitAnswer("asother", "asother");
    assertEquals(
        "nobody\n", Files.readString(servers.flux("asother").workerOut().resolveSibling("who")));
  }

  // --- concurrency, and a script that is not there ---

  /** Each waits for three others: fewer than four at once never end well. */
  private static final String FOUR =
      """
      : >"$OUT/../at-work-$NAVETTE_ID"
      for i in $(seq 200); do
        set -- "$OUT"/../at-work-*
        if [ $# -ge 4 ]; then exit 0; fi
        sleep 0.1
      done
      exit 3
      """;

  @Test
  void fourScriptsRunAtOnceWhereTheFluxAllowsFour() throws Exception {
    for (int i = 0; i < 4; i++) {
      servers.deposit("four", "f" + i, "f" + i);
    }
    TwoServers.awaitThat("four ends", () -> lines("four", "processed").size() == 4);
    assertEquals(List.of(), lines("four", "failed"));
  }

  @Test
  void waitsWhileTheScriptIsNotThere() throws Exception {
    Flux flux = servers.flux("gone");
    Path script = flux.workerOut().resolveSibling("script");
    Path away = Files.move(script, script.resolveSibling("script.away"));
    servers.deposit("gone", "one", "1");
    servers.deposit("gone", "two", "2");
    TwoServers.awaitThat("said", () -> !lines("gone", "script-not-started").isEmpty());
    Files.move(away, script);
    awaitAnswer("gone", "two");
    assertEquals(List.of("one", "two"), Journal.of(flux).order());
    assertEquals(List.of(), servers.queues().ids("flux.gone.dead"), "no dead letter");
  }

  // --- what all use ---

  private static void awaitAnswer(String flux, String name) {
    Path answer = servers.flux(flux).out().resolve("ack-" + name);
    TwoServers.awaitThat(answer + " is there", () -> Files.exists(answer));
  }

  private static void awaitDead(String flux, int letters) {
    TwoServers.awaitThat(
        letters + " dead letters of " + flux,
        () -> servers.queues().ids("flux." + flux + ".dead").size() == letters);
    await().atMost(TwoServers.PATIENCE).untilAsserted(Books.of(servers, flux)::nothingUnderWay);
  }

  private static List<LogLine> lines(String flux, String event) throws Exception {
    return servers.workerLog(flux).stream().filter(line -> line.event().equals(event)).toList();
  }

  private static Duration between(LogLine one, LogLine other) {
    return Duration.between(one.time(), other.time());
  }

  private static String field(LogLine line, String key) {
    return Optional.ofNullable(line.fields().get(key)).orElse("no " + key + " in " + line);
  }
}
