package fr.epiconcept.navette.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InotifyTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  @Test
  void theKernelTellsWhenACopyOfAProgramStartsAndEndsAndWhichFileItRemoved() throws Exception {
    Path script = Script.unlink(folder.resolve("bin/unlink"));
    Path storage = Files.createDirectories(folder.resolve("storage"));
    Path file = Files.writeString(storage.resolve("a.hl7"), "PID|1");
    List<String> seen = new ArrayList<>();
    try (Inotify inotify = new Inotify()) {
      int program = inotify.watch(script, Inotify.OPEN | Inotify.CLOSE_NOWRITE);
      inotify.watch(storage, Inotify.DELETE);

      Tool.run(List.of(script.toString(), file.toString()));

      while (seen.size() < 3) {
        List<Inotify.Event> events = inotify.await(PATIENCE);
        assertFalse(events.isEmpty(), "only " + seen + " after " + PATIENCE);
        for (Inotify.Event event : events) {
          seen.add(
              event.watch() != program
                  ? "removed " + event.name()
                  : event.is(Inotify.OPEN) ? "started" : "ended");
        }
      }
    }
    assertEquals(List.of("started", "removed a.hl7", "ended"), seen);
  }
}
