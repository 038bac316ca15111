package fr.epiconcept.navette.flux.config;

import java.nio.file.Path;
import java.util.EnumSet;

/** Checks a configuration as whoever runs it; see {@link Unprivileged}. */
final class CheckProgram {
  private CheckProgram() {}

  /**
   * Prints the faults of the folder {@code arguments[0]}, and of the secret {@code [1]} if given.
   */
  public static void main(String[] arguments) {
    Configuration configuration = ConfigReader.read(Path.of(arguments[0]));
    configuration
        .plus(ConfigCheck.check(configuration, EnumSet.allOf(Side.class)))
        .faults()
        .forEach(System.out::println);
    for (int i = 1; i < arguments.length; i++) {
      try {
        System.out.println(SecretFile.read(Path.of(arguments[i])));
      } catch (SecretRefused e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
