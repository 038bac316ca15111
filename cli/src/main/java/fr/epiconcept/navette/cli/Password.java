package fr.epiconcept.navette.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A password for a command: from a file, standard input or the terminal, never its arguments. */
final class Password {
  private Password() {}

  /**
   * The password.
   *
   * @param file whose first line it is; {@code -} for standard input; null: the user is asked twice
   */
  static char[] read(String file) throws IOException {
    if (file == null) {
      return ask(System.console());
    }
    if (file.equals("-")) {
      return firstLine(
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
    }
    try (BufferedReader lines = Files.newBufferedReader(Path.of(file))) {
      return firstLine(lines);
    }
  }

  private static char[] firstLine(BufferedReader lines) throws IOException {
    String line = lines.readLine();
    if (line == null || line.isEmpty()) {
      throw new CommandFailed(ExitCode.USAGE, "the first line, the password, is empty");
    }
    return line.toCharArray();
  }

  private static char[] ask(Console console) {
    if (console == null) {
      throw new CommandFailed(
          ExitCode.USAGE, "nobody can be asked for the password here: use --password-file");
    }
    char[] first = console.readPassword("Password: ");
    char[] again = console.readPassword("Once more: ");
    try {
      if (first == null || first.length == 0 || !Arrays.equals(first, again)) {
        throw new CommandFailed(ExitCode.USAGE, "no password, or not twice the same");
      }
      return first;
    } finally {
      if (again != null) {
        Arrays.fill(again, '\0');
      }
    }
  }
}
