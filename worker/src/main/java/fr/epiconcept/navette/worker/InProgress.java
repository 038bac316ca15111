package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.FileId;
import java.util.HashSet;
import java.util.Set;

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
}
