package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.FileId;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Which deposits are being worked on. When a link breaks and comes back while a script runs, its
 * deposit is delivered once more: the second delivery waits for the end of the first one's work.
 */
final class InProgress {
  private final Set<FileId> ids = new HashSet<>();

  synchronized void enter(FileId id) throws InterruptedException {
    while (!ids.add(id)) {
      wait();
    }
  }

  synchronized void leave(FileId id) {
    ids.remove(id);
    notifyAll();
  }

  synchronized boolean isBusy() {
    return !ids.isEmpty();
  }

  /** Waits until nothing is worked on; false if that takes longer than {@code limit}. */
  synchronized boolean awaitIdle(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!ids.isEmpty()) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
