package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that the tree is installed with, asked by a real bash as its key would. */
class CompletionTest {
  private static final Path SCRIPT =
      Path.of(System.getProperty("navette.dist"), "share/bash-completion/completions/navette");

  @TempDir Path folder;
  private String config;

  @BeforeEach
  void layOut() throws Exception {
    config = folder.resolve("etc").toString();
    Files.createDirectories(folder.resolve("etc/flux.d"));
    for (String flux : new String[] {"labo.yml", "labrador.yml", "radio.yml", "$(touch x).yml"}) {
      Files.writeString(folder.resolve("etc/flux.d").resolve(flux), "");
    }
  }

  /** What is offered for the last of {@code words}, which may be empty. */
  private List<String> offered(String... words) throws Exception {
    String ask =
        """
        compopt() { :; } # bash has it only while the key is down
        cd "$1" && . "$2" && shift 2
        complete -p navette | grep -q -- '-F _navette ' || exit 9
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
        _navette navette "${@: -1}" "${@: -2:1}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """;
    List<String> command =
        new ArrayList<>(List.of("bash", "-c", ask, "bash", folder.toString(), SCRIPT.toString()));
    command.addAll(List.of(words));
    Ran ran = Ran.command(command, Map.of());
    assertEquals("", ran.err());
    return ran.out().lines().map(String::strip).filter(each -> !each.isEmpty()).sorted().toList();
  }

  @Test
  void offersCommands() throws Exception {
    assertEquals(List.of("replay", "rescan", "resume"), offered("navette", "re"));
  }

  @Test
  void offersOptionsOfTheCommand() throws Exception {
    assertTrue(offered("navette", "status", "--w").contains("--wrong"));
    assertTrue(offered("navette", "accounts", "add", "--fl").contains("--flux"));
  }

  @Test
  void offersTheFluxesOfTheConfigurationThatIsNamed() throws Exception {
    assertEquals(
        List.of("labo", "labrador"), offered("navette", "status", "--config", config, "lab"));
    assertEquals(
        List.of("labo", "labrador"), offered("navette", "pending", "--config", "=", config, "lab"));
  }

  @Test
  void runsNothingThatANameSays() throws Exception {
    assertEquals(
        List.of("labo", "labrador", "radio"), offered("navette", "status", "--config", config, ""));
    assertTrue(Files.notExists(folder.resolve("x")));
  }
}
