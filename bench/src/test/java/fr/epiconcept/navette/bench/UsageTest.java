package fr.epiconcept.navette.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class UsageTest {
  private final List<ProcessHandle> self = List.of(ProcessHandle.current());

  @Test
  void whatAChildUsedStaysCountedWhenItHasEnded() throws Exception {
    double before = Usage.cpu(self);
    busyShell();

    assertTrue(Usage.cpu(self) - before >= 0.5, "the loop of the shell takes longer than that");
  }

  private static void busyShell() throws IOException, InterruptedException {
    String loop = "i=0; while [ $i -lt 1000000 ]; do i=$((i + 1)); done";
    Tool.run(List.of("sh", "-c", loop));
  }

  @Test
  void theMostThatWasEverResidentIsNoLessThanWhatIsNow() throws IOException {
    double now = Usage.resident(self);

    assertTrue(now > 10, now + " MB of a JVM");
    assertTrue(Usage.peak(self) >= now);
  }

  @Test
  void threadsDescriptorsAndWatchesAreThoseOfTheKernel() throws Exception {
    ProcessHandle me = ProcessHandle.current();
    int watches = Usage.watches(me);
    int descriptors = Usage.descriptors(me);
    try (Inotify inotify = new Inotify()) {
      inotify.watch(Path.of("/tmp"), Inotify.DELETE);
      inotify.watch(Path.of("/"), Inotify.DELETE);

      assertEquals(watches + 2, Usage.watches(me));
      assertTrue(Usage.descriptors(me) > descriptors);
      assertTrue(Usage.threads(me) > 1);
    }
  }
}
