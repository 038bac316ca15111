package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where it is measured, and with what.
 *
 * @param navette the command, as it is installed
 * @param peers the folder of the programs that it is compared with
 * @param folder on the disk that is measured
 */
record Lab(Path navette, Path peers, Path folder, Options options, PrintStream console) {
  static Lab of(Options options, PrintStream console) throws IOException {
    Path bench = options.path(Option.REPOSITORY).resolve("bench");
    Path folder =
        options.has(Option.DIR)
            ? options.path(Option.DIR).resolve("navette-bench")
            : bench.resolve("target/site");
    Files.createDirectories(folder);
    return new Lab(options.path(Option.NAVETTE), bench.resolve("peers"), folder, options, console);
  }

  int number(Option option) {
    return options.number(option);
  }

  void say(String line) {
    console.println("bench: " + line);
  }

  /** An empty folder of that name. */
  Path room(String name) throws IOException {
    Path room = folder.resolve(name);
    clear(room);
    return Files.createDirectories(room);
  }

  /** What earlier scenarios wrote is on disk: no sync of what follows pays for it. */
  void quiet() throws IOException, InterruptedException {
    Tool.run(List.of("sync", "-f", folder.toString()));
  }

  /** No file is left below it; its folders stay, as those who use them expect. */
  void empty(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        Files.delete(each);
      }
    }
  }

  private void clear(Path room) throws IOException {
    if (!Files.exists(room)) {
      return;
    }
    try (Stream<Path> all = Files.walk(room)) {
      for (Path each : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(each);
      }
    }
  }
}
