package fr.epiconcept.navette.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One script at a time, over all fluxes: who is next. */
@ExtendWith(TellsOnFailure.class)
class PrioritiesTest {
  /** The scripts of all fluxes write their flux's name into one file. */
  private static final String NOTES =
      "echo \"$NAVETTE_FLUX\" >>\"$OUT/../../order\"\n" + Flux.ANSWERS;

  /** Runs until the test lets it go on. */
  private static final String UNTIL_GO =
      "until [ -e \"$OUT/../go\" ]; do sleep 0.05; done\n" + Flux.ANSWERS;

  private static final int MANY = 20;

  @TempDir Path folder;
  private TwoServers servers;

  @BeforeEach
  void start() throws Exception {
    servers =
        TwoServers.in(folder)
            .workerDaemon("scripts: 1", "stop-timeout: 2s")
            .with(
                Flux.named("first").script(UNTIL_GO),
                Flux.named("high").script(NOTES).worker("priority: high"),
                Flux.named("normal").script(NOTES),
                Flux.named("low").script(NOTES).worker("priority: low"));
    servers.startBoth();
    servers.deposit("first", "a", "a");
    TwoServers.awaitThat(
        "its script runs", () -> !Journal.of(servers.flux("first")).starts().isEmpty());
  }

  @AfterEach
  void stop() throws Exception {
    servers.close();
  }

  private void go() throws IOException {
    Files.createFile(servers.flux("first").workerOut().resolveSibling("go"));
  }

  private List<String> order() throws IOException {
    Path file = folder.resolve("front/order");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private Tool front(String... words) throws Exception {
    String[] all = new String[words.length + 3];
    all[0] = Tool.NAVETTE;
    System.arraycopy(words, 0, all, 1, words.length);
    all[words.length + 1] = "--config";
    all[words.length + 2] = folder.resolve("etc-front").toString();
    return Tool.run(all);
  }

  private void awaitInLine(String flux) {
    TwoServers.awaitThat(
        "a script of " + flux + " waits for a place",
        () -> front("pending", flux).said().contains("its script waits for a place"));
  }

  @Test
  void theHighestPriorityGoesFirstAndTheLowestIsNotForgotten() throws Exception {
    for (int i = 0; i < MANY; i++) {
      servers.deposit("low", "l" + i, "of low");
    }
    awaitInLine("low");
    for (int i = 0; i < MANY; i++) {
      servers.deposit("normal", "n" + i, "of normal");
    }
    awaitInLine("normal");
    for (int i = 0; i < MANY; i++) {
      servers.deposit("high", "h" + i, "of high");
    }
    awaitInLine("high");
    TwoServers.awaitThat(
        "all have been received",
        () ->
            servers.workerLog("high").stream()
                    .filter(line -> line.event().equals("received"))
                    .count()
                == MANY);
    assertTrue(
        front("status")
            .said()
            .lines()
            .anyMatch(line -> line.matches("low .*in flight .*in line.*")));
    assertEquals(List.of(), order(), "one script at a time");

    go();
    servers.awaitIdle();
    List<String> order = order();
    assertEquals(3 * MANY, order.size());
    List<String> beginning = order.subList(0, MANY);
    assertTrue(beginning.stream().filter("high"::equals).count() >= MANY * 3 / 4, order.toString());
    assertTrue(beginning.contains("low"), () -> "one place in eight is for others: " + beginning);
    assertTrue(order.lastIndexOf("high") < order.lastIndexOf("normal"), order.toString());
    assertTrue(order.lastIndexOf("normal") < order.lastIndexOf("low"), order.toString());
    for (Flux flux : servers.fluxes()) {
      Books.of(servers, flux.name()).balance();
    }
  }

  @Test
  void aFluxThatWaitsForAPlaceIsHeldAndResumed() throws Exception {
    servers.deposit("low", "a", "a");
    awaitInLine("low");
    front("hold", "low", "--why", "inventory").succeeded();
    TwoServers.awaitThat(
        "it waits for the hold now", () -> front("pending", "low").said().contains("inventory"));
    go();
    servers.deposit("normal", "b", "b");
    TwoServers.awaitThat("others run", () -> order().equals(List.of("normal")));
    front("resume", "low").succeeded();
    TwoServers.awaitThat("it runs", () -> order().equals(List.of("normal", "low")));
    servers.awaitIdle();
    Books.of(servers, "low").balance();
  }

  @Test
  void aStopWaitsForTheScriptThatRunsAndNotForThoseThatWaitForAPlace() throws Exception {
    servers.deposit("low", "a", "a");
    servers.deposit("high", "b", "b");
    awaitInLine("low");
    awaitInLine("high");
    long begun = System.nanoTime();
    servers.worker().stop();
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    assertTrue(took.toSeconds() < 20, () -> "it took " + took);
    assertEquals(List.of(), order(), "what waited has not run");

    go();
    servers.worker().start();
    servers.awaitIdle();
    assertEquals(2, order().size());
    Books.of(servers, "first").started("a", 2).balance();
    Books.of(servers, "low").balance();
    Books.of(servers, "high").balance();
  }

  @Test
  void aWorkerThatDiesWhileOthersWaitForAPlaceLosesNothing() throws Exception {
    servers.deposit("low", "a", "a");
    servers.deposit("high", "b", "b");
    awaitInLine("low");
    awaitInLine("high");
    servers.worker().kill();
    go();
    servers.worker().start();
    servers.awaitIdle();
    assertEquals(2, order().size());
    Books.of(servers, "low").balance();
    Books.of(servers, "high").balance();
  }

  @Test
  void aReloadChangesHowManyRunAtOnceAndWhoGoesFirst() throws Exception {
    servers.deposit("low", "a", "a");
    awaitInLine("low");
    Path main = folder.resolve("etc-front/navette.yml");
    Yaml.change(main, "scripts: 1", "scripts: 2");
    String diff = front("check", "--diff").succeeded().said();
    assertTrue(diff.contains("~ worker.scripts 1 → 2"), diff);
    assertFalse(diff.contains("needs a restart"), diff);
    hangUp("worker.scripts is 2 from now on");
    TwoServers.awaitThat("there is room for it", () -> order().equals(List.of("low")));
    assertTrue(front("check", "--diff").succeeded().said().contains("the one that runs"));

    Yaml.change(main, "scripts: 2", "scripts: 1");
    hangUp("worker.scripts is 1 from now on");
    servers.deposit("normal", "b", "b");
    awaitInLine("normal");
    servers.deposit("low", "c", "c");
    awaitInLine("low");
    Yaml.change(servers, "etc-front", "low", "priority: low", "priority: high");
    hangUp("the configuration is taken up: 1 changed");
    awaitInLine("low");
    go();
    TwoServers.awaitThat("both run", () -> order().size() == 3);
    assertEquals(List.of("low", "low", "normal"), order());
    servers.awaitIdle();
  }

  private void hangUp(String told) throws Exception {
    long before = count(told);
    assertEquals(
        0, new ProcessBuilder("kill", "-HUP", "" + servers.worker().pid()).start().waitFor());
    await(told).atMost(TwoServers.PATIENCE).until(() -> count(told) > before);
  }

  private long count(String told) throws IOException {
    return servers.worker().said().lines().filter(line -> line.contains(told)).count();
  }
}
