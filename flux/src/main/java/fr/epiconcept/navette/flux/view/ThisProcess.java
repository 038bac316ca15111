package fr.epiconcept.navette.flux.view;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What a daemon can say of itself without asking the network. */
public final class ThisProcess {
  private static final Path HOST = Path.of("/proc/sys/kernel/hostname");

  private ThisProcess() {}

  /** The machine's own name. */
  public static String host() {
    try {
      return Files.readString(HOST).strip();
    } catch (IOException e) {
      return "localhost";
    }
  }

  /** Of the jar that {@code part} came in. */
  public static Optional<String> version(Class<?> part) {
    return Optional.ofNullable(part.getPackage().getImplementationVersion());
  }

  /** Its number. */
  public static long pid() {
    return ProcessHandle.current().pid();
  }
}
