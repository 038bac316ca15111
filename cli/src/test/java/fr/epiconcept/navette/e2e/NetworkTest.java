package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** P1, P2 and P3 when the network between both servers is the part that fails. */
@ExtendWith(TellsOnFailure.class)
class NetworkTest {
  private static final String WAITS_AT_GATE =
      """
      while ! [ -e "$OUT/../gate" ]; do sleep 0.1; done
      """;

  @TempDir Path folder;
  private Flux labo;

  @BeforeEach
  void layOut() {
    labo = Flux.named("labo").script(WAITS_AT_GATE + Flux.ANSWERS);
  }

  private void deposit(TwoServers servers, String... names) throws IOException {
    for (String name : names) {
      servers.deposit("labo", name, "PID|" + name);
    }
  }

  /** A worker whose links are not all up yet has none to lose: it says "not made" of them. */
  private void awaitRunning(TwoServers servers) {
    TwoServers.awaitThat("all links are up", () -> says(servers, " is up"));
    TwoServers.awaitThat("a script runs", () -> Journal.of(labo).starts().size() == 1);
  }

  private void openGate() throws IOException {
    Files.createFile(labo.workerOut().resolveSibling("gate"));
  }

  /** The broker keeps the dead session for a while, and offers the next file to the new one. */
  @Test
  void nothingOvertakesAFileThatWaitsForItsNextRunWhenTheWorkerIsCutOff() throws Exception {
    Flux retried =
        Flux.named("labo")
            .script("[ $NAVETTE_NAME$NAVETTE_ATTEMPT != a1 ] || exit 75\n" + Flux.ANSWERS)
            .worker("retry: {attempts: 3, delay: 5s}");
    try (TwoServers servers = TwoServers.in(folder).relayed().with(retried)) {
      servers.startBoth();
      TwoServers.awaitThat("all links are up", () -> says(servers, " is up"));
      deposit(servers, "a", "b", "c");
      TwoServers.awaitThat(
          "it waits for its next run",
          () ->
              servers.workerLog("labo").stream()
                  .anyMatch(line -> line.event().equals("again-later")));
      servers.relay().cutForWorkerOnly();

      servers.awaitIdle();
      List<String> runs = Journal.of(retried).starts().stream().map(Journal.Start::name).toList();
      assertEquals(List.of("a", "a", "b", "c"), runs);
    }
  }

  @Test
  void aFileWhoseScriptRunsWhenTheWorkerIsCutOffIsRunOnceAndInItsTurn() throws Exception {
    try (TwoServers servers = TwoServers.in(folder).relayed().with(labo)) {
      servers.startBoth();
      deposit(servers, "a", "b", "c");
      awaitRunning(servers);
      servers.relay().cutForWorkerOnly();
      TwoServers.awaitThat("the worker noticed", () -> says(servers, " is back"));
      openGate();

      servers.awaitIdle();
      Books.of(servers, "labo").balance();
    }
  }

  @Test
  void aNetworkThatSwallowsEverythingLosesNothingAndRepeatsNothing() throws Exception {
    try (TwoServers servers = TwoServers.in(folder).relayed().with(labo)) {
      servers.startBoth();
      deposit(servers, "a", "b");
      awaitRunning(servers);
      servers.relay().silence();
      deposit(servers, "c");
      servers.handIn("labo", "meanwhile", "handed in while nothing passed");
      openGate();
      TwoServers.awaitThat("the worker noticed", () -> says(servers, " lost: "));
      // What had come before may run: it is here.
      assertFalse(
          Journal.of(labo).starts().stream().anyMatch(start -> start.name().equals("c")),
          "it passed the silence");
      servers.relay().speakAgain();

      servers.awaitIdle();
      Books.of(servers, "labo").balance();
    }
  }

  private static boolean says(TwoServers servers, String word) throws IOException {
    return servers.worker().said().lines().anyMatch(line -> line.contains(word));
  }
}
