package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.log.LogLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Folders on several disks, and disks that are nearly full. */
@ExtendWith(TellsOnFailure.class)
class DisksTest {
  /** Memory as a disk: the one other file system that nearly every machine has. */
  private static final Path MEMORY = Path.of("/dev/shm");

  @TempDir Path folder;

  @Test
  void foldersOnSeveralFileSystemsLoseNothingWhenDaemonsDie() throws Exception {
    assumeTrue(Files.isWritable(MEMORY), MEMORY + " is there");
    assumeFalse(
        Files.getFileStore(MEMORY).equals(Files.getFileStore(folder)), "another file system");
    Path otherDisk = Files.createTempDirectory(MEMORY, "navette-test");
    Flux labo = Flux.named("labo").otherDisk(otherDisk).check("grep -q PID \"$1\"\n");
    try (TwoServers servers = TwoServers.in(folder).with(labo)) {
      for (int i = 1; i <= 6; i++) {
        servers.deposit("labo", "file" + i, "PID|" + i);
      }
      servers.deposit("labo", "refused", "nothing that the check likes");
      servers.worker().start();
      List<Step> deaths =
          List.of(Step.CLAIMED, Step.CHECKED, Step.REFUSED, Step.RECORDED, Step.ARCHIVED);
      for (int death = 1; death <= deaths.size(); death++) {
        servers.ingest().startFaulty(folder.resolve("kills"), deaths);
        servers.ingest().awaitEnd();
        assertEquals(137, servers.ingest().exit(), "it was killed");
      }
      servers.ingest().start();

      servers.awaitIdle();
      Books.of(servers, "labo").quarantined("refused").balance();
    } finally {
      Content.wipe(otherDisk);
    }
  }

  @Test
  void nothingIsPublishedToADiskThatIsNearlyFullAndNothingIsLost() throws Exception {
    Flux labo = Flux.named("labo");
    try (TwoServers servers = TwoServers.in(folder).broker("min-free: 900TiB").with(labo)) {
      servers.startBoth();
      servers.deposit("labo", "a", "PID|1");
      servers.deposit("labo", "b", "PID|2");
      TwoServers.awaitThat("it says why nothing leaves", () -> saysNoRoom(servers));
      assertEquals(List.of(), servers.queues().ids("flux.labo"), "published");
      assertEquals(List.of(), Content.files(labo.inbox()), "left in the inbox");

      servers.ingest().stop();
      giveRoom(servers);
      servers.ingest().start();

      servers.awaitIdle();
      Books.of(servers, "labo").balance();
    }
  }

  private static boolean saysNoRoom(TwoServers servers) throws IOException {
    for (LogLine line : servers.ingestLog("labo")) {
      if (line.event().equals("suspended")
          && line.field("reason").orElse("").contains("the broker's disk has no room")) {
        return true;
      }
    }
    return false;
  }

  private static void giveRoom(TwoServers servers) throws IOException {
    Path file = servers.ingest().config().resolve("navette.yml");
    Files.writeString(file, Files.readString(file).replace("900TiB", "1MiB"));
  }
}
