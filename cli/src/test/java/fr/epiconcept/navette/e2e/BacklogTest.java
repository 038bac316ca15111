package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Many files wait because a worker is away: P1, P2 and P6 for a backlog. */
@ExtendWith(TellsOnFailure.class)
class BacklogTest {
  private static final int FILES = 2_000;

  @TempDir Path folder;

  @Test
  void aBacklogThatSurvivedTheDeathOfBothServersIsProcessedOnce() throws Exception {
    Flux labo = Flux.named("labo").script("").worker("concurrency: 4");
    try (TwoServers servers = TwoServers.in(folder).with(labo)) {
      servers.ingest().start();
      for (int i = 1; i <= FILES; i++) {
        servers.deposit("labo", "file" + i, "message " + i);
        if (i == FILES / 2) {
          servers.ingest().kill();
        } else if (i == FILES * 3 / 4) {
          servers.ingest().start();
        }
      }
      servers.worker().start();
      TwoServers.awaitThat(
          "the backlog is being processed", () -> Journal.of(labo).starts().size() > FILES / 4);
      servers.killBoth();
      assertTrue(Journal.of(labo).starts().size() < FILES, "there is still a backlog");
      servers.startBoth();

      servers.awaitIdle();
      Books.of(servers, "labo").answered().inAnyOrder().startsUndecided(4).balance();
    }
  }
}
