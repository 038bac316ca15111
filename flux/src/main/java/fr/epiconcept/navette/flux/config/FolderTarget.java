package fr.epiconcept.navette.flux.config;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/**
 * A folder into which Navette puts files, and how they look there.
 *
 * @param path the folder
 * @param owner the user that shall own each file; absent: the daemon's own
 * @param group the group of each file; absent: the daemon's own
 * @param mode the permissions of each file (default 0640)
 * @param ifExists what happens when the name is taken
 */
public record FolderTarget(
    Path path,
    Optional<String> owner,
    Optional<String> group,
    Set<PosixFilePermission> mode,
    IfExists ifExists) {
  public FolderTarget {
    mode = Set.copyOf(mode);
  }

  /** What happens when a file of that name stands there already. */
  public enum IfExists {
    /** The new one is called {@code name.2.ext}, {@code name.3.ext}, and so on (the default). */
    SUFFIX,
    /** The new one takes the place of the old one, atomically. */
    OVERWRITE,
    /** The new one waits aside until the name is free. */
    HOLD
  }
}
