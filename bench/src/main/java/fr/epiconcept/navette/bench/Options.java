package fr.epiconcept.navette.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the command line said, and the rest as it is usual. */
final class Options {
  private final Map<Option, String> values;

  private Options(Map<Option, String> values) {
    this.values = values;
  }

  static Options of(List<String> words) {
    Map<Option, String> values = new EnumMap<>(Option.class);
    for (String word : words) {
      int at = word.indexOf('=');
      String name = at < 0 ? word : word.substring(0, at);
      Option option =
          Arrays.stream(Option.values())
              .filter(each -> at > 0 && each.word().equals(name))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("unknown option " + word));
      values.put(option, word.substring(at + 1));
    }
    return new Options(values);
  }

  static String help() {
    return Arrays.stream(Option.values())
        .map(each -> "%-14s %-8s %s".formatted(each.word(), each.standard, each.meaning))
        .collect(Collectors.joining("\n"));
  }

  String text(Option option) {
    return values.getOrDefault(option, option.standard);
  }

  boolean has(Option option) {
    return !text(option).isEmpty();
  }

  Path path(Option option) {
    return Path.of(text(option)).toAbsolutePath();
  }

  int number(Option option) {
    return number(option, text(option));
  }

  List<Integer> numbers(Option option) {
    return words(option).stream().map(word -> number(option, word)).toList();
  }

  List<String> words(Option option) {
    return Arrays.stream(text(option).split(",", -1))
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private static int number(Option option, String word) {
    try {
      return Integer.parseInt(word);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(option.word() + "=" + word + " is no number", e);
    }
  }

  /** What differs from the usual, for the record of a run. */
  Map<String, String> said() {
    return values.entrySet().stream()
        .filter(each -> each.getKey() != Option.REPOSITORY && each.getKey() != Option.NAVETTE)
        .collect(Collectors.toMap(each -> each.getKey().word(), Map.Entry::getValue));
  }
}
