package fr.epiconcept.navette.flux.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The reader itself is asked what it knows: by a key in each section that it cannot know. */
class DocumentedKeysTest {
  private static final Path PAGE = Path.of("../docs/configuration.md");

  private static final String MAIN =
      """
      zzz: 1
      alerts: {zzz: 1}
      ingest:
        zzz: 1
        broker: {zzz: 1, tls: {zzz: 1}}
      worker:
        zzz: 1
        brokers: {NAME: {zzz: 1, tls: {zzz: 1}}}
      """;

  private static final String FLUX =
      """
      zzz: 1
      alerts: {zzz: 1}
      ingest: {zzz: 1, out: {zzz: 1}, ready: {zzz: 1}, sftp: {zzz: 1}}
      worker: {zzz: 1, storage: {zzz: 1}, out-ready: {zzz: 1}, retry: {zzz: 1}}
      """;

  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([\\w.-]+)` \\|");

  @TempDir Path temp;

  @Test
  void thePageNamesEveryKeyOfTheDaemonsAndNoOther() throws IOException {
    assertEquals(known(Configuration.MAIN_FILE), documented("## navette.yml"));
  }

  @Test
  void thePageNamesEveryKeyOfAFluxAndNoOther() throws IOException {
    assertEquals(known("f.yml"), documented("## flux.d/NAME.yml"));
  }

  private Set<String> known(String file) throws IOException {
    return KnownKeys.of(temp, MAIN, FLUX, file);
  }

  private static Set<String> documented(String title) throws IOException {
    String page = Files.readString(PAGE);
    int from = page.indexOf(title + "\n");
    int to = page.indexOf("\n## ", from + 1);
    Set<String> keys = new TreeSet<>();
    ROW.matcher(page.substring(from, to)).results().forEach(row -> keys.add(row.group(1)));
    return keys;
  }
}
