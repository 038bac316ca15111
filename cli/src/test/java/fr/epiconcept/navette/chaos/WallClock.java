package fr.epiconcept.navette.chaos;

import fr.epiconcept.navette.e2e.FakeTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The clock of one daemon, which can be set while it runs, as an administrator or a time server
 * gone astray sets that of a machine: {@code libfaketime} stands between the daemon and the kernel.
 * Durations (the monotonic clock), the times of files and the clocks of its scripts stay as they
 * are. Where the library is not installed, the machine's clock, which nobody may set.
 */
final class WallClock {
  private static final Path MEMORY = Path.of("/dev/shm");
  private static final Pattern LEFT_THERE =
      Pattern.compile("(?:sem\\.faketime_sem|faketime_shm)_(\\d+)");

  private final Path offset;

  /**
   * A clock that is right.
   *
   * @param offset a file of its own, on a disk without faults
   */
  WallClock(Path offset) throws IOException {
    this.offset = offset;
    putRight();
  }

  /** Whether clocks can be set here. */
  static boolean isMovable() {
    return FakeTime.library().isPresent();
  }

  /** What the daemon is to stand behind, so that this is its clock. */
  List<String> prefix() {
    List<String> command = new ArrayList<>();
    FakeTime.library()
        .ifPresent(
            library -> {
              command.add("env");
              FakeTime.settings(library).forEach((name, value) -> command.add(name + "=" + value));
              command.add("FAKETIME_TIMESTAMP_FILE=" + offset);
              command.add("FAKETIME_CACHE_DURATION=1");
            });
    return command;
  }

  /**
   * Sets it, within a second, so far from the right time.
   *
   * @return whether that is possible here
   */
  boolean set(Duration wrongBy) throws IOException {
    // Renamed: half of a number would be another time, or none.
    Path next = offset.resolveSibling(offset.getFileName() + ".next");
    Files.writeString(next, "%+d%n".formatted(wrongBy.toSeconds()));
    Files.move(next, offset, StandardCopyOption.ATOMIC_MOVE);
    return isMovable();
  }

  void putRight() throws IOException {
    set(Duration.ZERO);
  }

  /** What the library leaves in shared memory of each process that was killed. */
  static void sweep() throws IOException {
    if (!Files.isDirectory(MEMORY)) {
      return;
    }
    List<Path> left;
    try (Stream<Path> all = Files.list(MEMORY)) {
      left = all.toList();
    }
    for (Path file : left) {
      Matcher name = LEFT_THERE.matcher(file.getFileName().toString());
      if (name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
