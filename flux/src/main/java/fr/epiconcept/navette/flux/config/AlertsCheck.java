package fr.epiconcept.navette.flux.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Tries the commands of a section {@code alerts}. One that cannot be run is a warning: that nobody
 * can be called is no reason to keep files waiting.
 */
final class AlertsCheck {
  private AlertsCheck() {}

  /** Warns of the commands that {@code file} says itself; what it inherits is told elsewhere. */
  static void warn(AlertRules rules, Path file, Positions positions, FaultList faults) {
    warn(rules.command(), file, positions, faults, "alerts", "command");
    rules
        .commands()
        .forEach(
            (alert, words) ->
                warn(words, file, positions, faults, "alerts", "commands", alert.word()));
  }

  private static void warn(
      List<String> words, Path file, Positions positions, FaultList faults, String... keys) {
    if (words.isEmpty() || !positions.has(file, keys)) {
      return;
    }
    MachineNames.complaints(words)
        .forEach(
            (word, why) -> {
              List<String> place = new ArrayList<>(List.of(keys));
              place.add(word.toString());
              faults.warning(
                  positions.at(file, place.toArray(String[]::new)),
                  String.join(".", keys) + ": nobody will be called: " + why);
            });
  }
}
