package fr.epiconcept.navette.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The log of one flux on the file server, or on all its processing servers, with all that was
 * rotated away, read as {@code grep} would.
 *
 * @param events by id
 * @param lost lines that the log says it lacks
 * @param torn lines that are none
 */
record LogBook(Map<String, List<Event>> events, int lost, List<String> torn) {
  private static final Pattern LINE =
      Pattern.compile("(\\S+) (INFO|WARN|ERROR) (-|[0-9A-HJKMNP-TV-Z]{26}) ([a-z0-9-]+)( .*)?");
  private static final Pattern ATTEMPT = Pattern.compile(" attempt=(\\d+)");
  private static final Pattern LOST = Pattern.compile(" lost=(\\d+)");

  /** A line of it. */
  record Event(String word, String level, String line) {
    int attempt() {
      return number(ATTEMPT, line);
    }
  }

  static LogBook of(List<Path> logs) throws IOException {
    Map<String, List<Event>> events = new HashMap<>();
    List<String> torn = new ArrayList<>();
    int lost = 0;
    List<Path> files = new ArrayList<>();
    for (Path log : logs) {
      try (Stream<Path> all = Files.list(log.getParent())) {
        all.filter(file -> file.getFileName().toString().startsWith(log.getFileName() + ""))
            .forEach(files::add);
      }
    }
    for (Path file : files) {
      for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        Matcher matcher = LINE.matcher(line);
        if (!matcher.matches()) {
          torn.add(file.getFileName() + ": " + line);
          continue;
        }
        String word = matcher.group(4);
        if (word.equals("log-gap")) {
          lost += number(LOST, line);
        }
        events
            .computeIfAbsent(matcher.group(3), id -> new ArrayList<>())
            .add(new Event(word, matcher.group(2), line));
      }
    }
    torn.removeIf(line -> line.endsWith("~"));
    return new LogBook(events, lost, torn);
  }

  private static int number(Pattern pattern, String line) {
    Matcher matcher = pattern.matcher(line);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  List<Event> of(String id) {
    return events.getOrDefault(id, List.of());
  }

  boolean has(String id, String word) {
    return of(id).stream().anyMatch(event -> event.word().equals(word));
  }

  boolean wasInterrupted(String id, int attempt) {
    return of(id).stream()
        .anyMatch(event -> event.word().equals("interrupted") && event.attempt() == attempt);
  }
}
