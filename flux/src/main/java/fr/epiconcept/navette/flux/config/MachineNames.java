package fr.epiconcept.navette.flux.config;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

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

  /** What is wrong with the programs of a command line, by the number of the word. */
  static Map<Integer, String> complaints(List<String> words) {
    Map<Integer, String> found = new TreeMap<>();
    String program = words.get(0);
    if (program.startsWith("/") && !isProgram(Path.of(program))) {
      String why = Files.exists(Path.of(program)) ? "is no executable file" : "does not exist";
      found.put(0, program + " " + why);
    } else if (!program.startsWith("/") && !hasProgram(program)) {
      found.put(0, "no program '" + program + "' on PATH: say its absolute path");
    }
    // The second word of [php, /srv/import.php] is the script; later ones may be anything.
    if (words.size() > 1 && words.get(1).startsWith("/") && !words.get(1).contains("{")) {
      Path script = Path.of(words.get(1));
      if (Files.notExists(script)) {
        found.put(1, script + " does not exist");
      }
    }
    return found;
  }

  static boolean isProgram(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }
}
