package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import fr.epiconcept.navette.cli.JsonSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program of this machine that ran to its end: how it ended, and all that it said. */
public record Tool(int exit, String said) {
  private static final int SECONDS = 60;
  public static final String NAVETTE =
      Path.of(System.getProperty("navette.dist"), "bin", "navette").toString();

  /** Runs it; its two outputs are one text. */
  public static Tool run(String... command) throws IOException, InterruptedException {
    return run(Map.of(), List.of(command));
  }

  /** Runs it with more variables. */
  public static Tool run(Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    Path said = Files.createTempFile("tool", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("NAVETTE_"));
      builder.environment().putAll(environment);
      Process process = builder.start();
      boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
      process.destroyForcibly();
      assertTrue(ended, () -> command + " hangs");
      Tool ran = new Tool(process.exitValue(), Files.readString(said));
      if (command.get(0).equals(NAVETTE)) {
        JsonSchemas.check(command.subList(1, command.size()), ran.exit(), ran.said());
      }
      return ran;
    } finally {
      Files.delete(said);
    }
  }

  /** Fails the test if the program failed. */
  public Tool succeeded() {
    assertEquals(0, exit, said);
    return this;
  }

  /** Skips the test, and says so, where a program is not installed. */
  public static void needs(String program) {
    assumeTrue(isInstalled(program), "not tested here: " + program + " is not installed");
  }

  public static boolean isInstalled(String program) {
    return List.of("/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin").stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** Skips the test, and says so, unless it runs as root. */
  public static void needsRoot() {
    assumeTrue(isRoot(), "not tested here: only root can do this");
  }

  public static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
