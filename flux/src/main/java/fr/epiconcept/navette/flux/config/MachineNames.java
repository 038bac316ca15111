package fr.epiconcept.navette.flux.config;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Arrays;
import java.util.Objects;

/** What the machine calls by name: users and programs. */
final class MachineNames {
  private MachineNames() {}

  static boolean hasUser(String name) {
    try {
      FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
      return true;
    } catch (UserPrincipalNotFoundException e) {
      return false;
    } catch (IOException e) {
      // A directory service that does not answer just now is no reason to keep a flux down.
      return true;
    }
  }

  /** Whether a bare name is found on the PATH of this process. */
  static boolean hasProgram(String name) {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    return Arrays.stream(path.split(":", -1))
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder).resolve(name))
        .anyMatch(MachineNames::isProgram);
  }

  static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}
