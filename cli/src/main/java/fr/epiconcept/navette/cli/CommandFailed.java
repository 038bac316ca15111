package fr.epiconcept.navette.cli;

import java.io.Serial;

/**
 * A command could not do what it was asked for; its message is the one line that the user reads.
 */
final class CommandFailed extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final ExitCode exitCode;

  CommandFailed(ExitCode exitCode, String message) {
    this(exitCode, message, null);
  }

  CommandFailed(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  ExitCode exitCode() {
    return exitCode;
  }
}
