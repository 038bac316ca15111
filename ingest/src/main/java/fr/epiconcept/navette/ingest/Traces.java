package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.ingest.KeptFiles.Kept;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Everything that stands on the file server's disk of one file.
 *
 * @param spooled the file in the spool
 * @param arrived its record, while its end is not known
 * @param dead its record as a dead letter
 * @param archived what the archive has of it
 * @param quarantined what quarantine has of it, with the reason
 */
record Traces(
    Optional<Spooled> spooled,
    Optional<Recorded> arrived,
    Optional<Recorded> dead,
    List<Kept> archived,
    List<Kept> quarantined) {

  /** In the spool. */
  record Spooled(State state, Path file, long bytes) {}

  /**
   * A record.
   *
   * @param says nothing if it cannot be read
   * @param kept the file that it leads to, if that is there
   */
  record Recorded(Optional<Arrived> says, Optional<Kept> kept) {}

  boolean isNone() {
    return spooled.isEmpty()
        && arrived.isEmpty()
        && dead.isEmpty()
        && archived.isEmpty()
        && quarantined.isEmpty();
  }
}
