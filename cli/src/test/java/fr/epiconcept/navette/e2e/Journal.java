package fr.epiconcept.navette.e2e;

import fr.epiconcept.navette.flux.FileId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the scripts of a flux wrote down about themselves: a line at each start. Appended by one
 * write each, so the order of lines is the order of starts, and no crash of a daemon undoes one.
 */
record Journal(List<Start> starts) {
  /** One start of the script. */
  record Start(FileId id, String sha256, int attempt, long pid, String name) {}

  static Journal of(Flux flux) throws IOException {
    List<Start> starts = new ArrayList<>();
    if (Files.exists(flux.journal())) {
      for (String line : Files.readAllLines(flux.journal())) {
        String[] words = line.split(" ", 5);
        starts.add(
            new Start(
                new FileId(words[0]),
                words[1],
                Integer.parseInt(words[2]),
                Long.parseLong(words[3]),
                words[4]));
      }
    }
    return new Journal(List.copyOf(starts));
  }

  /** The names in the order of their starts; a file that was started again at once counts once. */
  List<String> order() {
    List<String> order = new ArrayList<>();
    for (Start start : starts) {
      if (order.isEmpty() || !order.get(order.size() - 1).equals(start.name())) {
        order.add(start.name());
      }
    }
    return order;
  }

  long startsOf(String name) {
    return starts.stream().filter(start -> start.name().equals(name)).count();
  }

  static String shPreface(Path journal) {
    return """
        #!/bin/sh
        set -eu
        sha=$(sha256sum <"$NAVETTE_FILE")
        printf '%s %s %s %s %s\\n' "$NAVETTE_ID" "${sha%% *}" "$NAVETTE_ATTEMPT" "$$" \\
          "${NAVETTE_SUBFOLDER:+$NAVETTE_SUBFOLDER/}$NAVETTE_NAME" >>'JOURNAL'
        """
        .replace("JOURNAL", journal.toString());
  }

  static String phpPreface(Path journal) {
    return """
        <?php
        $name = getenv('NAVETTE_NAME');
        $line = [getenv('NAVETTE_ID'), hash_file('sha256', getenv('NAVETTE_FILE')),
            getenv('NAVETTE_ATTEMPT'), getmypid(), $name];
        file_put_contents('JOURNAL', implode(' ', $line) . "\\n", FILE_APPEND);
        """
        .replace("JOURNAL", journal.toString());
  }
}
