package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
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

  /** A file that takes longer than the link ever stands must arrive one day. */
  @Test
  void aLargeFileThatIsCutAgainAndAgainGoesOnWhereItWasCut() throws Exception {
    byte[] large = new byte[24 << 20];
    new Random(5).nextBytes(large);
    Flux imaging = Flux.named("imaging").script("");
    try (TwoServers servers = TwoServers.in(folder).relayed().with(imaging)) {
      servers.startBoth();
      TwoServers.awaitThat("all links are up", () -> says(servers, " is up"));
      // 64 KiB in that time, so a few megabytes in a second.
      servers.relay().delay(Duration.ofMillis(15));
      servers.deposit("imaging", "large", large);
      List<Integer> cuts = List.of(4 << 20, 9 << 20, 14 << 20);
      for (int cut : cuts) {
        TwoServers.awaitThat("so much has come", () -> partOf(imaging) >= cut);
        servers.relay().cutForWorkerOnly();
        TwoServers.awaitThat("the cut is over", () -> goesOn(servers, cut));
      }
      servers.relay().delay(Duration.ZERO);

      servers.awaitIdle();
      assertEquals(1, Journal.of(imaging).starts().size());
      assertEquals(Content.sha256(large), Journal.of(imaging).starts().get(0).sha256());
      Books.of(servers, "imaging").answered().balance();
    }
  }

  private static long partOf(Flux flux) throws IOException {
    long bytes = 0;
    for (Path file : Content.files(flux.storage())) {
      bytes += file.toFile().length();
    }
    return bytes;
  }

  private static boolean goesOn(TwoServers servers, long from) throws IOException {
    return servers.workerLog("imaging").stream()
        .filter(line -> line.event().equals("fetch-resumed"))
        .flatMap(line -> line.field("from").stream())
        .anyMatch(bytes -> Long.parseLong(bytes) >= from);
  }

  private static boolean says(TwoServers servers, String word) throws IOException {
    return servers.worker().said().lines().anyMatch(line -> line.contains(word));
  }
}
