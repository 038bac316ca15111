package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What an installation finds in the tree, and in the tarball that is made of it. */
class DistributionTest {
  private static final Path DIST = Path.of(System.getProperty("navette.dist"));
  private static final Path TARBALL = Path.of("src/main/assembly/tarball.xml");
  private static final Pattern FILE_SET =
      Pattern.compile(
          "(?s)<fileSet>.*?<directory>\\$\\{navette.dist}/?(.*?)</directory>.*?<fileMode>(\\d+)");
  private static final Pattern EXCLUDED = Pattern.compile("<exclude>(.*?)/\\*\\*</exclude>");

  @Test
  void programsCanBeRun() throws IOException {
    assertEquals(Set.of("bin/navette", "conf/alerts/alert-mail"), executables());
  }

  /** The tarball has the modes of its descriptor, not those of the tree. */
  @Test
  void programsCanBeRunOutOfTheTarballToo() throws IOException {
    String descriptor = Files.readString(TARBALL);
    List<String> runnable = new ArrayList<>();
    FILE_SET
        .matcher(descriptor)
        .results()
        .filter(set -> set.group(2).equals("0755"))
        .forEach(set -> runnable.add(set.group(1)));
    List<String> leftToOthers =
        EXCLUDED.matcher(descriptor).results().map(each -> each.group(1)).toList();
    for (String program : executables()) {
      String folder = Path.of(program).getParent().toString();
      assertTrue(runnable.contains(folder), () -> program + " is not 0755 in " + TARBALL);
      assertTrue(leftToOthers.contains(folder), () -> program + " comes twice, by " + TARBALL);
    }
  }

  private static Set<String> executables() throws IOException {
    Set<String> found = new TreeSet<>();
    try (Stream<Path> all = Files.walk(DIST)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        // Libraries come with the mode that their jar gives them
        if (Files.isExecutable(file) && !file.startsWith(DIST.resolve("lib/native"))) {
          found.add(DIST.relativize(file).toString());
        }
      }
    }
    return found;
  }

  @Test
  void schemasComeWithThePages() throws IOException {
    try (Stream<Path> all = Files.list(JsonSchemas.FOLDER)) {
      for (Path file : all.toList()) {
        Path shipped = DIST.resolve("docs/schema").resolve(file.getFileName());
        assertTrue(Files.isRegularFile(shipped), shipped::toString);
      }
    }
  }
}
