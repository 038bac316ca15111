package fr.epiconcept.navette.flux.config;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * A program of the tests in a process of its own, as a user who may do nothing. Root may do
 * anything, so what a daemon is not allowed to do can only be seen like this.
 */
final class Unprivileged {
  /** Nobody. */
  static final int UID = 65534;

  private static final Class<?>[] NEEDED = {
    ConfigReader.class,
    Unprivileged.class,
    YAMLFactory.class,
    JsonFactory.class,
    ObjectMapper.class,
    MarkedYAMLException.class,
    LoggerFactory.class
  };

  private Unprivileged() {}

  /**
   * Runs {@code main} and waits for its end.
   *
   * @param temp a folder in which the classes are laid out where nobody can read them
   * @return the lines that it printed
   */
  static List<String> run(Path temp, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    assumeTrue(DaemonUser.current().isRoot(), "only root can become somebody else");
    open(temp);
    List<String> command =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid=" + UID,
                "--regid=" + UID,
                "--clear-groups",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                readableClasspath(temp),
                main.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output;
    try (InputStream in = process.getInputStream()) {
      output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return output.lines().filter(line -> !line.startsWith("SLF4J")).toList();
  }

  /** Lets everybody into a temporary folder. */
  static void open(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static String readableClasspath(Path temp) throws IOException {
    List<String> entries = new ArrayList<>();
    for (Class<?> needed : NEEDED) {
      Path source = source(needed);
      Path copy = temp.resolve("classpath-" + entries.size());
      copy(source, copy);
      entries.add(copy.toString());
    }
    return String.join(File.pathSeparator, entries);
  }

  private static Path source(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }
}
