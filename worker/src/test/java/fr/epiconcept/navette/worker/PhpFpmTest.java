package fr.epiconcept.navette.worker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.config.RetryRules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Files whose script runs in a real php-fpm, from a real broker to their outcome. */
// Each case has a broker, a flux, a pool and folders of its own, and waits most of its time.
@Execution(ExecutionMode.CONCURRENT)
class PhpFpmTest {
  /** What docs/configuration.md gives to scripts. */
  private static final String NAVETTE_EXIT =
      """
      function navette_exit(int $code): never {
        if (PHP_SAPI !== 'cli') {
          echo "\\n", getenv('NAVETTE_EXIT'), " $code\\n";
        }
        exit($code);
      }
      """;

  private static final String RAN =
      "file_put_contents(getenv('ROOT').'/ran', \"x\\n\", FILE_APPEND);";

  @TempDir Path root;
  private Home home;
  private Front front;
  private FpmPool pool;

  @BeforeEach
  void start() throws Exception {
    home = new Home(root.resolve("home"));
    front = new Front(root.resolve("front"));
    pool = new FpmPool(root.resolve("fpm"));
    front.phpFpm = Optional.of(pool.address());
  }

  @AfterEach
  void stop() throws Exception {
    front.close();
    home.close();
    pool.close();
  }

  private static void until(Callable<Boolean> condition) {
    await().atMost(Home.PATIENCE).until(condition);
  }

  private Outcome outcomeOf(String script) throws Exception {
    front.php(NAVETTE_EXIT + RAN + script);
    home.sends("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      Outcome outcome = home.awaitOutcomes(1).get(0);
      until(() -> !work.flux.isBusy());
      return outcome;
    }
  }

  private int runs() throws Exception {
    Path ran = front.root.resolve("ran");
    return Files.exists(ran) ? Files.readAllLines(ran).size() : 0;
  }

  @Test
  void aScriptThatSaysZeroHasProcessedItsFileAndItsAnswersAreTaken() throws Exception {
    pool.start();
    Outcome outcome =
        outcomeOf(
            """
            file_put_contents(getenv('NAVETTE_OUT').'/ack', file_get_contents(getenv('NAVETTE_FILE')));
            echo "one line\\nand half of one";
            error_log('an error');
            navette_exit(0);
            """);
    assertEquals(Result.PROCESSED, outcome.result());
    assertEquals(Optional.of(0), outcome.exit());
    assertEquals(List.of("ack"), home.answers());
    List<String> output = front.values("output", "line");
    assertTrue(output.containsAll(List.of("one line", "and half of one")), output.toString());
    assertTrue(output.stream().anyMatch(line -> line.contains("an error")), output.toString());
    assertTrue(output.stream().noneMatch(line -> line.contains("navette-exit-")));
  }

  @Test
  void theVariablesAreThoseOfAnyScriptByteForByte() throws Exception {
    pool.start();
    byte[] name = "é\n\"$(id)".getBytes(StandardCharsets.ISO_8859_1);
    front.php(
        NAVETTE_EXIT
            + """
            foreach (['NAME', 'FILE', 'ID', 'FLUX', 'ATTEMPT', 'OUT'] as $each) {
              file_put_contents(getenv('ROOT')."/env-$each", getenv("NAVETTE_$each"));
            }
            navette_exit($_SERVER['NAVETTE_ID'] === getenv('NAVETTE_ID') ? 0 : 1);
            """);
    home.sends(FileName.of(name));
    try (AtWork work = new AtWork(front, home).receives()) {
      Outcome outcome = home.awaitOutcomes(1).get(0);
      assertEquals(Result.PROCESSED, outcome.result(), outcome.reason());
      assertArrayEquals(name, Files.readAllBytes(front.root.resolve("env-NAME")));
      assertEquals("labo", Files.readString(front.root.resolve("env-FLUX")));
      assertEquals("1", Files.readString(front.root.resolve("env-ATTEMPT")));
      assertEquals(outcome.id().value(), Files.readString(front.root.resolve("env-ID")));
      until(() -> !work.flux.isBusy());
    }
  }

  @Test
  void anyOtherNumberIsTheScriptsExitCode() throws Exception {
    pool.start();
    Outcome outcome = outcomeOf("navette_exit(3);");
    assertEquals(Result.FAILED, outcome.result());
    assertEquals(Optional.of(3), outcome.exit());
    assertEquals("the script answered 3", outcome.reason());
  }

  @Test
  void againLaterIsAgainLater() throws Exception {
    pool.start();
    front.retry = new RetryRules(5, Duration.ofMillis(50), 1, Duration.ofMillis(50), Set.of(75));
    Outcome outcome = outcomeOf("navette_exit(getenv('NAVETTE_ATTEMPT') === '1' ? 75 : 0);");
    assertEquals(Result.PROCESSED, outcome.result());
    assertEquals(2, outcome.attempts());
  }

  @Test
  void aScriptThatEndsWithoutAWordOfItHasFailed() throws Exception {
    pool.start();
    assertUnsaid(outcomeOf("exit(0);"));
  }

  @Test
  void aScriptThatDiesAfterItsFirstOutputHasFailedThoughItsAnswerLooksWell() throws Exception {
    pool.start();
    assertUnsaid(outcomeOf("echo 'begun'; flush(); throw new Exception('half way');"));
    assertTrue(front.values("output", "line").stream().anyMatch(line -> line.contains("half way")));
  }

  @Test
  void aScriptThatDiesAfterItHasSaidHowItEndsHasFailed() throws Exception {
    pool.start();
    assertUnsaid(
        outcomeOf("echo \"\\n\", getenv('NAVETTE_EXIT'), \" 0\\n\"; throw new Exception('late');"));
  }

  @Test
  void manyAndLongVariablesArriveWhole() throws Exception {
    pool.start();
    for (int i = 0; i < 6; i++) {
      front.env.put("LONG_" + i, "x".repeat(20_000 + i));
    }
    Outcome outcome =
        outcomeOf(
            """
            for ($i = 0; $i < 6; $i++) {
              if (strlen(getenv("LONG_$i")) !== 20000 + $i) { navette_exit(1); }
            }
            navette_exit(0);
            """);
    assertEquals(Result.PROCESSED, outcome.result(), outcome.reason());
  }

  /** The file's content, say, in the words of an end. */
  @Test
  void nobodyElseCanSayHowAScriptEnded() throws Exception {
    pool.start();
    assertUnsaid(outcomeOf("echo \"\\nnavette-exit-0123456789abcdef 0\\n\"; exit(1);"));
  }

  private static void assertUnsaid(Outcome outcome) {
    assertEquals(Result.FAILED, outcome.result());
    assertEquals(Optional.of(255), outcome.exit());
    assertEquals("the script did not say how it ended (NAVETTE_EXIT)", outcome.reason());
  }

  @Test
  void outputBeyondItsLimitIsCountedAndNotKept() throws Exception {
    pool.start();
    Outcome outcome =
        outcomeOf(
            """
            $block = str_repeat(str_repeat('x', 999)."\\n", 1000);
            for ($i = 0; $i < 100; $i++) { echo $block; }
            navette_exit(0);
            """);
    assertEquals(Result.PROCESSED, outcome.result());
    assertTrue(
        Long.parseLong(front.values("output-dropped", "bytes").get(0)) > 99_000_000,
        front.values("output-dropped", "bytes").toString());
  }

  // --- ends that are not the script's ---

  @Test
  void aScriptThatRunsIntoItsTimeoutHasFailedAndThePoolMustEndIt() throws Exception {
    pool.start();
    front.timeout = Duration.ofMillis(500);
    Outcome outcome = outcomeOf("sleep(60); navette_exit(0);");
    assertEquals(Result.FAILED, outcome.result());
    assertEquals("the script ran into its timeout", outcome.reason());
    assertEquals(1, front.lines("script-goes-on").size());
  }

  @Test
  void aPoolThatEndsTheScriptInTimeLeavesNothingBehind() throws Exception {
    pool.close();
    pool = new FpmPool(root.resolve("fpm"), "request_terminate_timeout = 1s").start();
    front.timeout = Duration.ofMillis(500);
    Outcome outcome = outcomeOf("sleep(60); navette_exit(0);");
    assertEquals("the script ran into its timeout", outcome.reason());
    assertEquals(List.of(), front.lines("script-goes-on"));
  }

  @Test
  void aPoolThatIsKilledLetsTheScriptDown() throws Exception {
    pool.start();
    front.php(NAVETTE_EXIT + RAN + "sleep(60); navette_exit(0);");
    home.sends("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> runs() == 1);
      pool.killChildren();
      Outcome outcome = home.awaitOutcomes(1).get(0);
      assertEquals(Optional.of(137), outcome.exit());
      assertTrue(outcome.reason().startsWith("php-fpm let the script down"), outcome.reason());
      until(() -> !work.flux.isBusy());
    }
  }

  @Test
  void aStopLetsTheScriptGoAndTheFileIsNoFailure() throws Exception {
    pool.start();
    front.php(NAVETTE_EXIT + RAN + "sleep(60); navette_exit(0);");
    home.sends("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> runs() == 1);
      work.flux.terminateScripts();
      until(() -> front.lines("interrupted").size() == 1);
      assertEquals(List.of(), home.outcomes());
    }
  }

  // --- what never began ---

  @Test
  void aFileWaitsUntilThePoolIsThere() throws Exception {
    front.php(NAVETTE_EXIT + RAN + "navette_exit(0);");
    home.sends("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> !front.lines("script-not-started").isEmpty());
      String reason = front.values("script-not-started", "reason").get(0);
      assertTrue(reason.contains(pool.socket().toString()), reason);
      assertTrue(reason.contains("does php-fpm run"), reason);
      pool.start();
      assertEquals(Result.PROCESSED, home.awaitOutcomes(1).get(0).result());
      assertEquals(1, runs());
      until(() -> !work.flux.isBusy());
    }
  }

  @Test
  void aFileWaitsForAScriptThatIsMissing() throws Exception {
    pool.start();
    home.sends("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> !front.lines("script-not-started").isEmpty());
      String reason = front.values("script-not-started", "reason").get(0);
      assertTrue(reason.contains("Primary script unknown"), reason);
      front.php(NAVETTE_EXIT + RAN + "navette_exit(0);");
      assertEquals(Result.PROCESSED, home.awaitOutcomes(1).get(0).result());
      assertEquals(1, home.outcomes().get(0).attempts());
      until(() -> !work.flux.isBusy());
    }
  }
}
