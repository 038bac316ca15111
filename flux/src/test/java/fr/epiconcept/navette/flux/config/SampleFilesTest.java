package fr.epiconcept.navette.flux.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SampleFilesTest {
  private static final Path CONF = Path.of("../conf");

  @TempDir Path temp;

  @Test
  void theSampleFilesHaveNoFault() throws IOException {
    Configuration configuration =
        ConfigFolder.in(temp)
            .main(Files.readString(CONF.resolve("navette.yml")))
            .flux("labo", Files.readString(CONF.resolve("flux.d/labo.yml.example")))
            .read();

    assertEquals(List.of(), configuration.faults());
    assertEquals(Set.of(Side.INGEST, Side.WORKER), configuration.sides());
    assertEquals(1, configuration.fluxes().size());
    assertTrue(ConfigReader.read(CONF).faults().isEmpty());
  }

  @Test
  void whatTheSamplesCommentOutIsTheDefault() throws IOException {
    String main = Files.readString(CONF.resolve("navette.yml"));
    String flux = Files.readString(CONF.resolve("flux.d/labo.yml.example"));
    String asGiven = ConfigFolder.in(temp).main(main).flux("labo", flux).read().describe();

    Configuration spelledOut =
        new ConfigFolder(temp).main(uncommented(main)).flux("labo", uncommented(flux)).read();

    assertEquals(List.of(), spelledOut.faults());
    // These differ by their nature: no packaged file has a path, and the samples' folder is not
    // where the test reads them.
    Pattern apart = Pattern.compile(".*broker\\.(xml|accounts): .*");
    assertEquals(settings(asGiven, apart), settings(spelledOut.describe(), apart));
  }

  static String uncommented(String yaml) {
    return yaml.lines()
        .filter(line -> !line.contains("for example"))
        .map(line -> line.replaceFirst("^( *)# ([a-z-]+:( |$))", "$1$2"))
        .reduce("", (all, line) -> all + line + "\n");
  }

  private static List<String> settings(String description, Pattern apart) {
    return description
        .lines()
        .filter(line -> !apart.matcher(line).matches())
        .map(line -> line.replace("  (default)", ""))
        .toList();
  }
}
