package fr.epiconcept.navette.flux.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A folder of a flux, known by what it really is: device and inode of it and of each folder above
 * it, so that links and bind mounts hide nothing.
 *
 * @param flux whose it is
 * @param use what for
 * @param path as it is written
 * @param lineage from the folder itself up to the root
 */
record Place(FluxConfig flux, Use use, Path path, List<Object> lineage) {
  /** What a folder is for, and where the flux's file says so. */
  enum Use {
    INBOX("ingest", "inbox"),
    SPOOL("ingest", "spool"),
    ARCHIVE("ingest", "archive"),
    QUARANTINE("ingest", "quarantine"),
    OUT("ingest", "out"),
    STORAGE("worker", "storage"),
    WORKER_ARCHIVE("worker", "archive"),
    WORKER_OUT("worker", "out");

    private final String section;
    private final String key;

    Use(String section, String key) {
      this.section = section;
      this.key = key;
    }

    String[] keys() {
      return new String[] {section, key};
    }

    @Override
    public String toString() {
      return section + "." + key;
    }
  }

  static Place of(FluxConfig flux, Use use, Path path) {
    List<Object> lineage = new ArrayList<>();
    for (Path at = real(path); at != null; at = at.getParent()) {
      lineage.add(identity(at));
    }
    return new Place(flux, use, path, lineage);
  }

  /** What it really is. */
  Object identity() {
    return lineage.get(0);
  }

  boolean isSameAs(Place other) {
    return identity().equals(other.identity());
  }

  boolean isWithin(Place other) {
    return lineage.contains(other.identity());
  }

  /** Links resolved as far as the path exists; the rest as it is written. */
  private static Path real(Path path) {
    Path existing = FolderProbe.nearestExisting(path);
    try {
      return existing.toRealPath().resolve(existing.relativize(path)).normalize();
    } catch (IOException e) {
      return path.normalize();
    }
  }

  private static Object identity(Path path) {
    try {
      Map<String, Object> seen = Files.readAttributes(path, "unix:dev,ino");
      return List.of(seen.get("dev"), seen.get("ino"));
    } catch (IOException e) {
      return path;
    }
  }
}
