package fr.epiconcept.navette.cli;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Base64;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where a command takes an account's password from. */
final class PasswordOptions {
  private static final int RANDOM_BYTES = 24;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "its first line is the password; \"-\": standard input; else it is asked twice")
  String file;

  @Option(names = "--generate", description = "make a password and print it, once, alone on a line")
  boolean generate;

  char[] password(CommandLine command) throws IOException {
    if (generate && file != null) {
      throw new ParameterException(command, "give either --password-file or --generate");
    }
    if (!generate) {
      return Password.read(file);
    }
    byte[] random = new byte[RANDOM_BYTES];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random).toCharArray();
  }

  /** Prints what was made; what the user gave is never printed. */
  void tell(char[] password, CommandLine command) {
    if (generate) {
      command.getOut().println(password);
    }
  }
}
