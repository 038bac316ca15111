package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a script that runs while its worker stops or dies. */
@ExtendWith(TellsOnFailure.class)
class StopTest {
  /** Runs until the test lets it go on. */
  private static final String UNTIL_GO =
      "until [ -e \"$OUT/../go\" ]; do sleep 0.05; done\n" + Flux.ANSWERS;

  @TempDir Path folder;
  private TwoServers servers;

  @BeforeEach
  void start() throws Exception {
    servers =
        TwoServers.in(folder)
            .workerDaemon("stop-timeout: 3s")
            .with(
                Flux.named("short").script("sleep 1\n" + Flux.ANSWERS),
                Flux.named("reruns").script(UNTIL_GO),
                Flux.named("holds").script(UNTIL_GO).worker("on-interrupt: hold"));
    servers.startBoth();
  }

  @AfterEach
  void stop() throws Exception {
    servers.close();
  }

  private void deposited(String flux) throws Exception {
    servers.deposit(flux, "a", "a");
    TwoServers.awaitThat(
        "its script runs", () -> !Journal.of(servers.flux(flux)).starts().isEmpty());
  }

  private long interruptions(String flux) throws Exception {
    return servers.workerLog(flux).stream()
        .filter(line -> line.event().equals("interrupted"))
        .count();
  }

  @Test
  void aScriptMayEndWithinTheStopsPatienceAndALongerOneIsInterrupted() throws Exception {
    deposited("short");
    deposited("reruns");
    long pid = Journal.of(servers.flux("reruns")).starts().get(0).pid();
    servers.worker().stop();

    assertTrue(ProcessHandle.of(pid).isEmpty(), "no script outlives its worker");
    assertEquals(0, interruptions("short"));
    assertEquals(1, interruptions("reruns"));
    Files.createFile(servers.flux("reruns").workerOut().resolveSibling("go"));
    servers.worker().start();
    servers.awaitIdle();
    Books.of(servers, "short").balance();
    String id = Journal.of(servers.flux("reruns")).starts().get(0).id().value();
    Books.of(servers, "reruns").interrupted(id, 2).balance();
  }

  @Test
  void aFileWhoseScriptWasKilledWithItsWorkerIsHeldWhereItsFluxSaysSo() throws Exception {
    deposited("holds");
    servers.worker().kill();
    Files.createFile(servers.flux("holds").workerOut().resolveSibling("go"));
    servers.worker().start();
    TwoServers.awaitThat(
        "a dead letter", () -> servers.queues().ids("flux.holds.dead").size() == 1);
    servers.awaitIdle();
    assertEquals(1, Journal.of(servers.flux("holds")).startsOf("a"), "it never runs again");
    assertEquals(
        List.of("interrupted"),
        servers.ingestLog("holds").stream()
            .map(line -> line.event())
            .filter(List.of("interrupted", "failed", "processed")::contains)
            .toList());
  }
}
