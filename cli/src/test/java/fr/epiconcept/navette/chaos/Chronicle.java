package fr.epiconcept.navette.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the scripts of one flux wrote down about themselves, in the order in which they did. */
record Chronicle(List<Line> lines, Map<Run.Key, Run> runs) {
  /** A line of it. */
  record Line(String word, Optional<Run.Key> key, String rest) {}

  /** One run of a script. */
  static final class Run {
    /**
     * Which; {@code pid} tells two runs of one attempt apart, which there must not be.
     *
     * @param front the processing server's number: each counts its own attempts
     */
    record Key(String id, int front, int attempt, long pid) {
      private static Key of(String id, String attempt, String pid) {
        String[] parts = attempt.split("/", 2);
        return new Key(
            id, Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Long.parseLong(pid));
      }

      @Override
      public String toString() {
        return id + " " + front + "/" + attempt + " " + pid;
      }
    }

    final Key key;
    int serial;
    String sha256 = "";
    String name = "";

    /** As it was about to end. */
    Optional<Integer> exit = Optional.empty();

    /** Late answers that it has begun to hand in, and whether it came to its end. */
    final Map<String, Boolean> late = new LinkedHashMap<>();

    Run(Key key) {
      this.key = key;
    }
  }

  static Chronicle of(Path journal) throws IOException {
    List<Line> lines = new ArrayList<>();
    Map<Run.Key, Run> runs = new LinkedHashMap<>();
    if (Files.exists(journal)) {
      for (String text : Files.readAllLines(journal, StandardCharsets.UTF_8)) {
        read(text, lines, runs);
      }
    }
    return new Chronicle(lines, runs);
  }

  private static void read(String text, List<Line> lines, Map<Run.Key, Run> runs) {
    String[] words = text.split(" ", 5);
    if (words.length < 4) {
      lines.add(new Line(words[0], Optional.empty(), ""));
      return;
    }
    Run.Key key = Run.Key.of(words[1], words[2], words[3]);
    Run run = runs.computeIfAbsent(key, Run::new);
    String rest = words.length > 4 ? words[4] : "";
    switch (words[0]) {
      case "read" -> {
        String[] parts = rest.split(" ", 3);
        run.serial = Integer.parseInt(parts[0]);
        run.sha256 = parts[1];
        run.name = parts[2];
      }
      case "end" -> run.exit = Optional.of(Integer.valueOf(rest));
      case "will" -> run.late.putIfAbsent(rest, false);
      case "late" -> run.late.put(rest, true);
      default -> {}
    }
    lines.add(new Line(words[0], Optional.of(key), rest));
  }

  /** The runs on one file, in the order of their starts. */
  List<Run> of(String id) {
    return runs.values().stream().filter(run -> run.key.id().equals(id)).toList();
  }
}
