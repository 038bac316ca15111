package fr.epiconcept.navette.flux.file;

import fr.epiconcept.navette.flux.FileId;

/** The hidden name that a file has until it is whole; its id alone decides it. */
public final class TemporaryName {
  private TemporaryName() {}

  /** For the file of that id. */
  public static String of(FileId id) {
    return ".navette-" + id + ".part";
  }
}
