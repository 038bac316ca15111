package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Folders in which nothing is left to do. Looked at seldom: a look takes time from what is
 * measured.
 */
final class Emptiness {
  private static final Duration PATIENCE = Duration.ofMinutes(30);
  private static final long INTERVAL = 50;

  private Emptiness() {}

  static void await(List<Path> folders) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Optional<Path> left = firstLeft(folders);
      if (left.isEmpty()) {
        return;
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(left.get() + " is still there after " + PATIENCE);
      }
      Thread.sleep(INTERVAL);
    }
  }

  private static Optional<Path> firstLeft(List<Path> folders) throws IOException {
    for (Path folder : folders) {
      if (Files.isDirectory(folder)) {
        try (DirectoryStream<Path> names = Files.newDirectoryStream(folder)) {
          for (Path name : names) {
            if (!name.getFileName().toString().startsWith(".")) {
              return Optional.of(name);
            }
          }
        }
      }
    }
    return Optional.empty();
  }
}
