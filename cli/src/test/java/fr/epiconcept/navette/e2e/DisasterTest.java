package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.Checkpoint.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * P1, P2 and P3 when daemons, machines or the broker's folder go while there is work in every
 * state: in the inbox, claimed and not checked, published, being processed, finished and not
 * settled, archived and not ended, and acknowledgements on their way.
 *
 * <p>In each flux a gate holds what the test wants to find under way.
 */
@ExtendWith(TellsOnFailure.class)
class DisasterTest {
  private static final String WAITS_AT_GATE =
      """
      while ! [ -e "$OUT/../gate" ]; do sleep 0.1; done
      """;

  @TempDir Path folder;
  private TwoServers servers;
  private Flux checked;
  private Flux running;
  private Flux ending;

  @BeforeEach
  void layOut() throws Exception {
    // The check of one holds its files in "claimed"; the script of the others holds the queue.
    checked = Flux.named("checked").check("[ -e \"${0%/*}/gate\" ] || exit 75\n");
    // None is received ahead: those behind the first stay published.
    running = Flux.named("running").script(WAITS_AT_GATE + Flux.ANSWERS).worker("ahead: 0");
    ending = Flux.named("ending").script(WAITS_AT_GATE + Flux.ANSWERS).worker("ahead: 0");
    servers = TwoServers.in(folder).workerDaemon("stop-timeout: 1s").with(checked, running, ending);
  }

  @AfterEach
  void end() throws IOException {
    servers.close();
    killScripts();
  }

  @Test
  void bothServersDieAtOnceAndNothingIsLostOrRepeated() throws Exception {
    filledAndDead();

    startAgain();

    everythingEnded();
  }

  @Test
  void theBrokersFolderIsWipedAndEverythingIsSentAgain() throws Exception {
    filledAndDead();
    Content.wipe(servers.brokerData());

    startAgain();

    everythingEnded();
    assertTrue(
        servers.ingestLog("running").stream().anyMatch(line -> line.event().equals("sent-again")),
        "what had arrived and not ended was sent again, from the archive");
  }

  @Test
  void theBrokersFolderIsWipedTwice() throws Exception {
    filledAndDead();
    Content.wipe(servers.brokerData());
    servers.startBoth();
    TwoServers.awaitThat("the script runs again", () -> Journal.of(running).startsOf("r1") == 2);
    servers.killBoth();
    killScripts();
    Content.wipe(servers.brokerData());

    startAgain();

    servers.awaitIdle();
    Books.of(servers, "checked").balance();
    Books.of(servers, "running").started("r1", 3).balance();
    // Its gate was open: its script may have been running when the second kill came.
    Books.of(servers, "ending").startsUndecided(1).balance();
  }

  @Test
  void theFileServerIsStartedAgainWhileAScriptRuns() throws Exception {
    servers.startBoth();
    fill();
    servers.ingest().stop();
    servers.handIn("running", "meanwhile", "handed in while the file server was away");
    open(ending);
    TwoServers.awaitThat(
        "the script has ended while nobody can be told", () -> said(ending, "processed"));
    servers.ingest().start();
    open(running);
    open(checked);

    servers.awaitIdle();
    Books.of(servers, "checked").balance();
    Books.of(servers, "running").balance();
    Books.of(servers, "ending").balance();
  }

  @Test
  void theProcessingServerIsStartedAgainWhileAScriptRuns() throws Exception {
    servers.startBoth();
    fill();
    open(ending);
    servers.worker().stop();
    servers.handIn("running", "meanwhile", "handed in while the worker was away");
    servers.deposit("running", "r4", "deposited meanwhile");
    servers.worker().start();
    open(running);
    open(checked);

    servers.awaitIdle();
    Books.of(servers, "checked").balance();
    Books.of(servers, "running").started("r1", 2).balance();
    Books.of(servers, "ending").balance();
  }

  // --- work in every state ---

  private void fill() throws Exception {
    servers.deposit("checked", "c1", "claimed, and the check says not yet");
    for (int i = 1; i <= 3; i++) {
      servers.deposit("running", "r" + i, "the first is being processed, the others wait " + i);
    }
    servers.deposit("ending", "e1", "the script has ended and nobody was told");
    TwoServers.awaitThat(
        "a file in each state",
        () ->
            Content.files(checked.spool().resolve("claimed")).size() == 1
                && Journal.of(running).starts().size() == 1
                && Journal.of(ending).starts().size() == 1
                && Content.files(running.archive()).size() == 1
                && Content.files(ending.archive()).size() == 1
                && published(running) == 2);
  }

  /** Both are dead by SIGKILL; the worker as soon as a script's end was marked. */
  private void filledAndDead() throws Exception {
    servers.ingest().start();
    servers.worker().startFaulty(folder.resolve("kills"), List.of(Step.FINISHED));
    fill();
    servers.ingest().kill();
    for (Flux flux : servers.fluxes()) {
      servers.deposit(flux.name(), "inbox of " + flux.name(), "nobody was there to take it");
    }
    servers.handIn("running", "in the worker's spool", "nobody was there to send it to");
    TwoServers.awaitThat(
        "the acknowledgement is in the worker's spool",
        () -> Content.files(running.workerOut()).stream().noneMatch(this::isHandedIn));
    open(ending);
    servers.worker().awaitEnd();
    assertEquals(137, servers.worker().exit());
    killScripts();
  }

  private boolean isHandedIn(Path file) {
    return file.endsWith("in the worker's spool");
  }

  /** A machine that dies takes its scripts along. */
  private void killScripts() throws IOException {
    for (Flux flux : servers.fluxes()) {
      for (Journal.Start start : Journal.of(flux).starts()) {
        ProcessHandle.of(start.pid()).ifPresent(ProcessHandle::destroyForcibly);
      }
    }
  }

  private void startAgain() throws Exception {
    for (Flux flux : servers.fluxes()) {
      open(flux);
    }
    servers.startBoth();
  }

  private void everythingEnded() throws Exception {
    servers.awaitIdle();
    Books.of(servers, "checked").balance();
    Books.of(servers, "running").started("r1", 2).balance();
    Books.of(servers, "ending").balance();
    Books.of(servers, "running").navetteAgrees();
  }

  private static int published(Flux flux) throws IOException {
    return Content.files(flux.spool().resolve("published")).size();
  }

  private boolean said(Flux flux, String event) throws IOException {
    return servers.workerLog(flux.name()).stream().anyMatch(line -> line.event().equals(event));
  }

  private static void open(Flux flux) throws IOException {
    for (Path gate :
        List.of(flux.inbox().resolveSibling("gate"), flux.workerOut().resolveSibling("gate"))) {
      if (Files.notExists(gate)) {
        Files.createFile(gate);
      }
    }
  }
}
