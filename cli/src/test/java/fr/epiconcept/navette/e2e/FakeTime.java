package fr.epiconcept.navette.e2e;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The library that stands between a process and the machine's clock: {@code libfaketime}, of
 * Debian's package of that name.
 */
public final class FakeTime {
  private FakeTime() {}

  /** Where it is, if it is installed. */
  public static Optional<Path> library() {
    return Stream.of("x86_64-linux-gnu", "aarch64-linux-gnu")
        .map(machine -> Path.of("/usr/lib", machine, "faketime/libfaketimeMT.so.1"))
        .filter(Files::exists)
        .findFirst();
  }

  /**
   * The variables of a Java process whose clock is to be another. Durations (the monotonic clock)
   * and the times of files stay as they are.
   */
  public static Map<String, String> settings(Path library) {
    return Map.of(
        "LD_PRELOAD",
        library.toString(),
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1",
        // With Debian's default each timed wait of a Java thread would be over at once.
        "FAKETIME_FORCE_MONOTONIC_FIX",
        "0",
        "NO_FAKE_STAT",
        "1");
  }
}
