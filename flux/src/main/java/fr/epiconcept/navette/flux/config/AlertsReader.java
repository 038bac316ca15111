package fr.epiconcept.navette.flux.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Reads a section {@code alerts}: that of the daemons, and those of fluxes, which inherit. */
final class AlertsReader {
  private static final List<String> OF_FLUX =
      List.of("command", "commands", "at-most", "oldest", "silence", "acknowledgement");
  private static final List<String> OF_DAEMONS = with(OF_FLUX, "worker-away", "certificate");

  private static final Duration LEAST = Duration.ofSeconds(1);
  private static final Duration MOST = Duration.ofDays(3650);
  private static final Duration WEEK = Duration.ofDays(7);

  private AlertsReader() {}

  /** The rules of {@code navette.yml}; without the section nobody is called. */
  static AlertRules ofDaemons(Section root) {
    return root.section("alerts", OF_DAEMONS)
        .map(keys -> said(keys, AlertRules.NONE, false))
        .orElse(AlertRules.NONE);
  }

  /** The rules of a flux: what its file says, and {@code otherwise} where it says nothing. */
  static AlertRules ofFlux(Section root, AlertRules otherwise) {
    return root.section("alerts", OF_FLUX)
        .map(keys -> read(keys, otherwise, true))
        .orElse(otherwise);
  }

  private static AlertRules said(Section keys, AlertRules otherwise, boolean ofFlux) {
    if (!keys.has("command") && !keys.has("commands")) {
      keys.require("command");
    }
    return read(keys, otherwise, ofFlux);
  }

  private static AlertRules read(Section keys, AlertRules otherwise, boolean ofFlux) {
    return new AlertRules(
        keys.commandOrNone("command").orElse(otherwise.command()),
        commands(keys, otherwise, ofFlux),
        keys.duration("at-most", otherwise.atMost(), Duration.ZERO, WEEK),
        keys.durationOrNone("oldest", otherwise.oldest(), LEAST, MOST),
        keys.durationOrNone("silence", otherwise.silence(), LEAST, MOST),
        keys.durationOrNone("acknowledgement", otherwise.acknowledgement(), LEAST, MOST),
        keys.durationOrNone("worker-away", otherwise.workerAway(), LEAST, MOST),
        keys.durationOrNone("certificate", otherwise.certificate(), LEAST, MOST));
  }

  /** A flux's own {@code command} is meant for all its classes: it hides what it would inherit. */
  private static Map<AlertClass, List<String>> commands(
      Section keys, AlertRules otherwise, boolean ofFlux) {
    Map<AlertClass, List<String>> commands = new EnumMap<>(AlertClass.class);
    if (!keys.has("command")) {
      commands.putAll(otherwise.commands());
    }
    keys.section("commands", AlertClass.words(ofFlux))
        .ifPresent(
            section -> {
              for (String word : section.keys()) {
                AlertClass.of(word)
                    .ifPresent(
                        alert ->
                            section
                                .commandOrNone(word)
                                .ifPresent(words -> commands.put(alert, words)));
              }
            });
    return commands;
  }

  private static List<String> with(List<String> keys, String... more) {
    List<String> all = new ArrayList<>(keys);
    all.addAll(List.of(more));
    return List.copyOf(all);
  }
}
