package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** P6: memory does not grow with the size of a file; and P5: others do not wait for it. */
@Isolated("it fills the disk's cache")
@ExtendWith(TellsOnFailure.class)
class BigFileTest {
  /** In bytes; unless told: more than an int counts, and eight times the heap of either daemon. */
  private static final long SIZE = Long.getLong("navette.bigfile", (2L << 30) + 1);

  /** At 4 MiB a second, which any disk can do; then it is stuck. */
  private static final Duration LIMIT = Duration.ofSeconds(120 + SIZE / (4L << 20));

  /** The broker's copy and the one in storage; the deposit itself is sparse. */
  private static final long NEEDED = 3 * SIZE;

  @TempDir Path folder;

  @Test
  void aFileLargerThanAnyHeapArrivesWholeWhileSmallOnesPass() throws Exception {
    assumeTrue(
        Files.getFileStore(folder).getUsableSpace() > NEEDED, NEEDED + " bytes of free disk");
    Flux imaging = Flux.named("imaging").script("");
    Flux labo = Flux.named("labo");
    try (TwoServers servers = TwoServers.in(folder).with(imaging, labo)) {
      for (DaemonProcess daemon : List.of(servers.ingest(), servers.worker())) {
        daemon.longLived("-Xmx256m");
        daemon.start();
      }
      String sha256 = depositBigFile(imaging);
      servers.deposits().remember(imaging, "big", sha256);
      int small = 0;
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (Journal.of(imaging).starts().isEmpty()) {
        small++;
        assertTrue(System.nanoTime() < deadline, "the big file arrives within " + LIMIT);
        int expected = small;
        servers.deposit("labo", "small" + small, "while the big one is on its way " + small);
        TwoServers.awaitThat(
            "a small file passes", () -> Journal.of(labo).starts().size() == expected);
      }
      assertTrue(small > 10, small + " small files passed");
      assertEquals(sha256, Journal.of(imaging).starts().get(0).sha256(), "as the script saw it");

      servers.awaitIdle();
      Books.of(servers, "labo").balance();
      assertEquals(
          SIZE, Content.files(imaging.workerArchive()).stream().mapToLong(BigFileTest::size).sum());
    }
  }

  /** Sparse, with something to tell one part from another. */
  private static String depositBigFile(Flux flux) throws Exception {
    Path hidden = flux.inbox().resolve(".big");
    try (FileChannel channel =
        FileChannel.open(hidden, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long at = 0; at < SIZE - 1; at += 64L << 20) {
        channel.write(ByteBuffer.wrap(("part at " + at).getBytes(StandardCharsets.UTF_8)), at);
      }
      channel.write(ByteBuffer.wrap(new byte[] {42}), SIZE - 1);
    }
    String sha256 = Content.sha256(hidden);
    Files.move(hidden, flux.inbox().resolve("big"), StandardCopyOption.ATOMIC_MOVE);
    return sha256;
  }

  private static long size(Path file) {
    return file.toFile().length();
  }
}
