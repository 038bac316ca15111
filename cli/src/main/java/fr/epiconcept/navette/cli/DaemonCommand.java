package fr.epiconcept.navette.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that runs a daemon in the foreground until it is told to stop. */
abstract class DaemonCommand implements Callable<Integer> {
  @Mixin CommonOptions common;

  /**
   * The daemon of this configuration, not started.
   *
   * @throws CommandFailed if the configuration does not let it run
   */
  abstract Daemon daemon(Path config) throws Exception;

  @Override
  public Integer call() throws Exception {
    requireBytesInFileNames(System.getProperty("sun.jnu.encoding"));
    Daemon daemon = daemon(common.config());
    return new DaemonRun(daemon, Systemd.of(System.getenv()), Runtime.getRuntime()::halt)
        .run()
        .code();
  }

  /** Under any other locale Java refuses, or spells wrongly, names that are not ASCII. */
  static void requireBytesInFileNames(String encoding) {
    if (!"UTF-8".equalsIgnoreCase(encoding)) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "this JVM spells file names in "
              + encoding
              + " and would lose some: start it by bin/navette, or with LC_ALL=C.UTF-8");
    }
  }
}
