package fr.epiconcept.navette.chaos;

import fr.epiconcept.navette.e2e.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;

/** Lets the flux go on that stops at each failure, and writes into its journal that he did. */
final class Operator implements Runnable {
  private final Site site;
  private final AtomicInteger resumed = new AtomicInteger();
  private volatile boolean over;

  Operator(Site site) {
    this.site = site;
  }

  @Override
  public void run() {
    try {
      while (!over) {
        Path hold = site.hold(Flux.STRICT, Front.FIRST);
        if (Files.exists(hold)) {
          // Before: from the command on another file may be processed.
          Files.writeString(
              site.journal(Flux.STRICT),
              "resume\n",
              StandardCharsets.UTF_8,
              StandardOpenOption.APPEND,
              StandardOpenOption.CREATE);
          Tool resume =
              Tool.run(
                  Tool.NAVETTE,
                  "resume",
                  Flux.STRICT.label(),
                  "--config",
                  site.workerConfig(Front.FIRST).toString());
          if (resume.exit() == 0) {
            resumed.incrementAndGet();
          }
        }
        Rest.ofMillis(300);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** How often he has. */
  int resumed() {
    return resumed.get();
  }

  void end() {
    over = true;
  }
}
