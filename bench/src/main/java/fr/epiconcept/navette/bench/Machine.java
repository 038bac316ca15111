package fr.epiconcept.navette.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** On what, when and of which build it was measured. */
final class Machine {
  private Machine() {}

  static Map<String, String> facts(Lab lab) throws IOException, InterruptedException {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("time", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put("build", build(lab.options().path(Option.REPOSITORY)));
    facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("processor", field("/proc/cpuinfo", "model name"));
    facts.put("memory", field("/proc/meminfo", "MemTotal"));
    facts.put("kernel", System.getProperty("os.version"));
    facts.put("java", Runtime.version().toString());
    facts.put("file system", Files.getFileStore(lab.folder()).type());
    facts.put("load before", Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0]);
    return facts;
  }

  private static String build(Path repository) throws IOException, InterruptedException {
    if (Tool.find("git").isEmpty() || !Files.exists(repository.resolve(".git"))) {
      return "unknown";
    }
    return Tool.run(List.of("git", "-C", repository.toString(), "describe", "--always", "--dirty"))
        .strip();
  }

  private static String field(String file, String key) throws IOException {
    return Files.readAllLines(Path.of(file)).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }
}
