package fr.epiconcept.navette.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What every command understands. */
final class CommonOptions {
  private static final String DEBUG = "navette.debug";

  @Option(
      names = "--config",
      paramLabel = "DIR",
      defaultValue = "/etc/navette",
      description = "the folder of navette.yml and flux.d (default: ${DEFAULT-VALUE})")
  Path config;

  /** The folder of the configuration, as an absolute path. */
  Path config() {
    return config.toAbsolutePath().normalize();
  }

  /** A system property, because the daemon's logging looks at it too. */
  @Option(names = "--debug", description = "show stack traces")
  void debug(boolean wanted) {
    if (wanted) {
      System.setProperty(DEBUG, "true");
    }
  }

  static boolean isDebug() {
    String set = System.getProperty(DEBUG);
    return set != null && !set.equals("false");
  }
}
