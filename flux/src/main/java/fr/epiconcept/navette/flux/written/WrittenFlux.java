package fr.epiconcept.navette.flux.written;

import fr.epiconcept.navette.flux.FluxName;
import java.nio.file.Path;

/**
 * The file of one flux, and what is to become of it.
 *
 * @param text what it shall hold; empty where it goes or stays
 */
public record WrittenFlux(FluxName flux, Path file, What what, String text) {
  /** What becomes of a file. */
  public enum What {
    /** It is not there yet. */
    CREATED,
    /** It is there with another text. */
    CHANGED,
    /** It is there as it shall be, and is not touched. */
    UNCHANGED,
    /** It was written from the same source, which does not have this flux any more; it stays. */
    LEFT,
    /** As {@link #LEFT}, and it goes. */
    REMOVED,
    /** Somebody else wrote what stands there: it is not touched. */
    FOREIGN;

    /** Whether this is a change on disk. */
    public boolean isChange() {
      return this == CREATED || this == CHANGED || this == REMOVED;
    }
  }
}
