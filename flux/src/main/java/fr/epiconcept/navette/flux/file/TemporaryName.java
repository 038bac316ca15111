package fr.epiconcept.navette.flux.file;

import fr.epiconcept.navette.flux.FileId;
import java.util.Optional;

/** The hidden name that a file has until it is whole; its id alone decides it. */
public final class TemporaryName {
  private static final String BEFORE = ".navette-";
  private static final String AFTER = ".part";

  /** Finds all such names in a folder, and perhaps others. */
  public static final String GLOB = BEFORE + "*" + AFTER;

  private TemporaryName() {}

  /** For the file of that id. */
  public static String of(FileId id) {
    return BEFORE + id + AFTER;
  }

  /** Whose hidden name that is. */
  public static Optional<FileId> idIn(String name) {
    boolean could =
        name.length() > BEFORE.length() + AFTER.length()
            && name.startsWith(BEFORE)
            && name.endsWith(AFTER);
    return could
        ? FileId.parse(name.substring(BEFORE.length(), name.length() - AFTER.length()))
        : Optional.empty();
  }
}
