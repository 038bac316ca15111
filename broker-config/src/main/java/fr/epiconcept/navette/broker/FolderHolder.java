package fr.epiconcept.navette.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Who holds a lock on a file, as Linux tells it; good for a message, not for a decision. */
record FolderHolder(String words) {
  private static final Path LOCKS = Path.of("/proc/locks");

  /** The holder, if there is one and it can be seen. */
  static Optional<FolderHolder> of(Path lockFile) {
    try {
      String inode = ":" + Files.getAttribute(lockFile, "unix:ino");
      // "1: POSIX ADVISORY WRITE <pid> <major>:<minor>:<inode> <start> <end>"
      for (String line : Files.readAllLines(LOCKS)) {
        List<String> parts = List.of(line.strip().split("\\s+"));
        if (parts.size() >= 8 && parts.get(5).endsWith(inode)) {
          return Optional.of(new FolderHolder("pid " + parts.get(4)));
        }
      }
      return Optional.empty();
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return words;
  }
}
