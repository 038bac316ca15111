package fr.epiconcept.navette.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who holds a lock on the broker's folder, as Linux tells it; good for a message, not for a
 * decision.
 */
record FolderHolder(String words) {
  private static final Path LOCKS = Path.of("/proc/locks");
  private static final String OWN_PID = Long.toString(ProcessHandle.current().pid());

  /**
   * The holder, if there is one and it can be seen.
   *
   * @param journal the folder with Artemis's lock files ({@code server.lock}, {@code
   *     serverlock.1}…)
   */
  static Optional<FolderHolder> of(Path journal) {
    try {
      List<String> inodes = inodes(journal);
      // "1: POSIX ADVISORY WRITE <pid> <major>:<minor>:<inode> <start> <end>"
      for (String line : Files.readAllLines(LOCKS)) {
        List<String> parts = List.of(line.strip().split("\\s+"));
        // Ourselves: then the fault is another one, and Artemis names it.
        if (parts.size() >= 8
            && !parts.get(4).equals(OWN_PID)
            && inodes.stream().anyMatch(parts.get(5)::endsWith)) {
          return Optional.of(new FolderHolder("pid " + parts.get(4)));
        }
      }
      return Optional.empty();
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  private static List<String> inodes(Path journal) throws IOException {
    List<String> inodes = new ArrayList<>();
    try (Stream<Path> files = Files.list(journal)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.getFileName().toString().startsWith("server")) {
          inodes.add(":" + Files.getAttribute(file, "unix:ino"));
        }
      }
    }
    return inodes;
  }

  @Override
  public String toString() {
    return words;
  }
}
