package fr.epiconcept.navette.flux.adopt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.ObjectMapper;
import fr.epiconcept.navette.flux.adopt.Adoption.Adopted;
import fr.epiconcept.navette.flux.config.ConfigReader;
import fr.epiconcept.navette.flux.config.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;

/** Whatever the old daemon was told, files that can be read come of it, or one line. */
class AdoptionFuzzTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Path folder = temporary();

  private static Path temporary() {
    try {
      return Files.createTempDirectory("adoption-fuzz");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @AfterProperty
  void tidyUp() throws IOException {
    try (var files = Files.walk(folder)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(each -> each.toFile().delete());
    }
  }

  @Property
  void anyFileIsAConfigurationOrOneLine(@ForAll("pieces") List<String> pieces) throws IOException {
    try {
      readable(adopt(String.join("", pieces)));
    } catch (BrokenOld broken) {
      assertEquals(1, broken.getMessage().split("\\R", -1).length, broken::getMessage);
    }
  }

  @Property
  void whateverTheValuesAreTheFilesAreWellFormed(@ForAll("fluxes") Map<String, Object> flux)
      throws Exception {
    readable(adopt(JSON.writeValueAsString(flux)));
  }

  private Adopted adopt(String json) throws IOException, BrokenOld {
    Path file = folder.resolve("indird.conf");
    Files.write(file, json.getBytes(StandardCharsets.UTF_8));
    return Adoption.of(List.of(file));
  }

  /** A value may be refused; the file's form and its keys never are. */
  private void readable(Adopted adopted) throws IOException {
    Path fluxes = Files.createDirectories(folder.resolve("etc/flux.d"));
    for (var each : adopted.fluxes().entrySet()) {
      Path file = Files.writeString(fluxes.resolve(each.getKey() + ".yml"), each.getValue());
      for (Fault fault : ConfigReader.read(fluxes.getParent()).faults()) {
        if (fault.file().equals(file)) {
          assertFalse(
              fault.what().matches(".*(unknown key|no YAML|expected keys|go on with|a list).*"),
              () -> fault + "\n" + each.getValue());
        }
      }
      Files.delete(file);
    }
  }

  @Provide
  Arbitrary<List<String>> pieces() {
    return Arbitraries.of(
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "# x\n",
            "\n",
            "null",
            "true",
            "1",
            "\"labo\"",
            "\"path\"",
            "\"rules\"",
            "\"filetypes\"",
            "\"hl7\"",
            "\"actions\"",
            "\"cmd\"",
            "\"\\u0000\"",
            "\"a\":{\"rules\":{\"b\":[{\"action\":\"c\"}]}}",
            "\u2028",
            "\ud83d\ude00",
            "é",
            "\t")
        .list()
        .ofMaxSize(20);
  }

  @Provide
  Arbitrary<Map<String, Object>> fluxes() {
    Arbitrary<String> hard =
        Arbitraries.of(
            "",
            "/in",
            "x",
            "rsync \"$i_FILE\" h:d",
            "sudo -u www-data php /x.php \"$i_FILE\"",
            "mv \"$i_FILE\" /done",
            "timeout 30 x {file}",
            "$i_a",
            "a: b\nworker: {}",
            "# x",
            "*.hl7",
            "^a\\(b\\|c\\)*$",
            "[[:alpha:]]",
            "\u0000",
            "\u0085x: y",
            "\u2028x: y",
            "&a",
            "!x",
            "- a",
            "test $i_CODE -eq 0",
            "true",
            "n/a",
            "'",
            "\"",
            "\\");
    Arbitrary<String> text =
        Arbitraries.oneOf(
            hard,
            Arbitraries.strings().withChars(" $i_FILE/{}[]'\"\\:#&*|\n\tabé").ofMaxLength(12));
    return Combinators.combine(
            text.list().ofSize(12), Arbitraries.of("fileglob", "regexp", "vregexp"))
        .as(AdoptionFuzzTest::flux);
  }

  private static Map<String, Object> flux(List<String> texts, String method) {
    Map<String, Object> step = new LinkedHashMap<>();
    step.put("action", "run");
    step.put("ends", List.of(Map.of("cond", "c", "end", "e"), Map.of("cond", "d", "end", "e")));
    Map<String, Object> flux = new LinkedHashMap<>();
    flux.put("path", texts.get(0));
    flux.put("sleep", texts.get(1));
    flux.put("host", texts.get(2));
    flux.put("env_prefix", "i_");
    flux.put("env", new LinkedHashMap<>(Map.of("a", texts.get(3))));
    flux.put(texts.get(11), texts.get(10));
    flux.put(
        "filetypes", Map.of("t", Map.of("desc", "d", "method", method, "pattern", texts.get(4))));
    flux.put("actions", Map.of("run", Map.of("cmd", texts.get(5), "chdir", texts.get(6))));
    flux.put("ends", Map.of("e", Map.of("cmd", texts.get(7))));
    flux.put("conds", Map.of("c", texts.get(8), "d", "test $i_CODE -ne 0"));
    flux.put("rules", Map.of("t", List.of(step)));
    return Map.of(texts.get(9), flux);
  }
}
