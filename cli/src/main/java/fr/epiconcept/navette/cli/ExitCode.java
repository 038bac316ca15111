package fr.epiconcept.navette.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What the command answers to the shell; the only place that maps a failure to a number. */
enum ExitCode {
  /** Done. */
  DONE(0),
  /** The thing asked for failed. */
  FAILED(1),
  /** Called wrongly, or the configuration is wrong. */
  USAGE(2),
  /** A daemon or a broker cannot be reached. */
  UNREACHABLE(3);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  /** The number. */
  int code() {
    return code;
  }

  /** What {@code failure}, or what is behind it, means for the caller. */
  static ExitCode of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CommandFailed failed) {
        return failed.exitCode();
      }
      if (cause instanceof ConnectException
          || cause instanceof UnknownHostException
          || cause instanceof NoRouteToHostException
          || cause instanceof SocketTimeoutException) {
        return UNREACHABLE;
      }
    }
    return FAILED;
  }

  /** One line for the user; no class names where the message tells it all. */
  static String explain(Throwable failure) {
    if (failure instanceof CommandFailed) {
      return failure.getMessage();
    }
    if (failure instanceof NoSuchFileException missing) {
      return missing.getFile() + " does not exist";
    }
    if (failure instanceof AccessDeniedException denied) {
      return denied.getFile() + " is not open to this user";
    }
    if (failure instanceof FileSystemException || failure instanceof ConnectException) {
      return failure.getMessage();
    }
    if (failure.getClass().equals(IOException.class) && failure.getMessage() != null) {
      // Thrown by our own code, with a sentence for people.
      return failure.getMessage();
    }
    return failure + " (--debug shows more)";
  }
}
