package fr.epiconcept.navette.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks each second whether some small files are others than before, and tells once they have
 * stayed so for a second: two files that belong together are seen together, and a login that began
 * before the change is over.
 */
final class FileWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);
  static final Duration EACH = Duration.ofSeconds(1);

  private final List<Path> files;
  private final TakenUp change;
  private final ScheduledExecutorService timer;
  private List<Object> taken;
  private List<Object> last;

  /** What is to be done with the new files. */
  @FunctionalInterface
  interface TakenUp {
    /** Whether it is done with them, be it by refusing them; else it is called again. */
    boolean from();
  }

  private FileWatch(List<Path> files, TakenUp change, String name) {
    this.files = files;
    this.change = change;
    this.taken = stamps();
    this.last = taken;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** What stands there now counts as known. */
  static FileWatch start(List<Path> files, TakenUp change, String name) {
    FileWatch watch = new FileWatch(files, change, name);
    long each = EACH.toMillis();
    // Nothing waits for it: look() lets no exception out, and close() ends it.
    ScheduledFuture<?> unused =
        watch.timer.scheduleWithFixedDelay(watch::look, each, each, TimeUnit.MILLISECONDS);
    return watch;
  }

  private void look() {
    try {
      List<Object> now = stamps();
      boolean settled = now.equals(last);
      last = now;
      if (settled && !now.equals(taken) && change.from()) {
        taken = now;
      }
    } catch (RuntimeException e) {
      // A watch that ends would leave a removed account in.
      LOG.error("cannot take up a change of {}; tried again", files, e);
    }
  }

  private List<Object> stamps() {
    return files.stream().map(FileWatch::stamp).toList();
  }

  private static Object stamp(Path file) {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return List.of(String.valueOf(now.fileKey()), now.lastModifiedTime(), now.size());
    } catch (IOException e) {
      return e.getClass();
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
