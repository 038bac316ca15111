package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FluxName;
import java.util.stream.Collectors;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The completion for bash: picocli knows commands and options; which fluxes there are stands in the
 * configuration of the machine, and is looked up when the key is pressed.
 */
final class Completion {
  /** Names of files only, and only those that can be a flux: nothing of them is run or expanded. */
  private static final String FLUXES =
      """

      # Names of fluxes, from the flux.d of --config or of /etc/navette.
      _navette_fluxes() {
        local config=/etc/navette i at file
        for ((i = 1; i < COMP_CWORD; i++)); do
          [ "${COMP_WORDS[i]}" = --config ] || continue
          at=$((i + 1))
          [ "${COMP_WORDS[at]:-}" != = ] || at=$((i + 2))
          [ "$at" -ge "$COMP_CWORD" ] || config=${COMP_WORDS[at]}
        done
        case $config in '~/'*) config=$HOME/${config#'~/'} ;; esac
        for file in "$config"/flux.d/*.yml; do
          file=${file##*/}
          file=${file%.yml}
          case $file in
            '' | [!A-Za-z0-9]* | *[!A-Za-z0-9_-]*) ;;
            "$1"*) COMPREPLY+=("$file") ;;
          esac
        done
      }

      _navette() {
        local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
        _complete_navette "$@"
        case $before in
          --flux) COMPREPLY=(); _navette_fluxes "$current"; return ;;
          -*) return ;;
        esac
        case $current in -*) return ;; esac
        case ${COMP_WORDS[1]:-} in
          COMMANDS) [ "$COMP_CWORD" -le 1 ] || _navette_fluxes "$current" ;;
        esac
      }
      complete -F _navette -o default navette
      """;

  private Completion() {}

  /**
   * The script.
   *
   * @param whole with all commands and their options
   */
  static String script(CommandLine whole) {
    String commands =
        whole.getSubcommands().values().stream()
            .map(CommandLine::getCommandSpec)
            .filter(Completion::takesFlux)
            .map(CommandSpec::name)
            .collect(Collectors.joining(" | "));
    return AutoComplete.bash("navette", whole) + FLUXES.replace("COMMANDS", commands);
  }

  private static boolean takesFlux(CommandSpec command) {
    return command.positionalParameters().stream().anyMatch(Completion::isFlux);
  }

  private static boolean isFlux(ArgSpec parameter) {
    return parameter.type().equals(FluxName.class) || parameter.paramLabel().equals("FLUX");
  }
}
