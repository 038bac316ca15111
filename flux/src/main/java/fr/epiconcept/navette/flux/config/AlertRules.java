package fr.epiconcept.navette.flux.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * When somebody is called, and how: for a flux, or for what concerns no single one.
 *
 * @param command the program and its arguments for every class that has none of its own; no words:
 *     nobody is called
 * @param commands those of single classes; no words: nobody is called for that one
 * @param atMost after an alert, further events of the same class and flux are folded into a count
 *     for so long (default 15 minutes)
 * @param oldest how long a file may wait (default 1 hour)
 * @param silence how long no file may come
 * @param acknowledgement how long the acknowledgement of a processed deposit may take
 * @param workerAway how long a worker may be without a link (default 10 minutes)
 * @param certificate how long before its end a certificate is told of (default 30 days)
 */
public record AlertRules(
    List<String> command,
    Map<AlertClass, List<String>> commands,
    Duration atMost,
    Optional<Duration> oldest,
    Optional<Duration> silence,
    Optional<Duration> acknowledgement,
    Optional<Duration> workerAway,
    Optional<Duration> certificate) {
  /** Nobody is called for anything. */
  public static final AlertRules NONE =
      new AlertRules(
          List.of(),
          Map.of(),
          Duration.ofMinutes(15),
          Optional.of(Duration.ofHours(1)),
          Optional.empty(),
          Optional.empty(),
          Optional.of(Duration.ofMinutes(10)),
          Optional.of(Duration.ofDays(30)));

  public AlertRules {
    command = List.copyOf(command);
    commands = Map.copyOf(commands);
  }

  /** The program and its arguments for a class; no words: nobody is called for it. */
  public List<String> commandFor(AlertClass alert) {
    return commands.getOrDefault(alert, command);
  }

  /** Whether anybody is called for that class. */
  public boolean wants(AlertClass alert) {
    return !commandFor(alert).isEmpty();
  }

  /** Whether nobody is called for anything. */
  public boolean isOff() {
    return command.isEmpty() && commands.values().stream().allMatch(List::isEmpty);
  }
}
