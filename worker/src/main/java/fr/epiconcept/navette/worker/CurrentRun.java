package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.file.FileIdentity;
import java.time.Instant;
import java.util.Optional;

/**
 * Whose script runs, where only one can: a file that appears in {@code out} meanwhile is its
 * answer. With several at once nobody can tell, and nothing is guessed.
 */
final class CurrentRun {
  private final boolean onlyOne;
  private FileId id;
  private Instant since;

  CurrentRun(boolean onlyOne) {
    this.onlyOne = onlyOne;
  }

  synchronized void begins(FileId newId, Instant now) {
    id = newId;
    since = now;
  }

  synchronized void ends() {
    id = null;
  }

  synchronized Optional<FileId> wrote(FileIdentity looks) {
    boolean itsOwn = onlyOne && id != null && !looks.changed().toInstant().isBefore(since);
    return itsOwn ? Optional.of(id) : Optional.empty();
  }
}
