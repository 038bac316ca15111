package fr.epiconcept.navette.flux.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.Arguments;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;

/** The schemas for editors know what the readers know, and refuse what they refuse. */
class ConfigSchemaTest {
  private static final Path SCHEMAS = Path.of("../docs/schema");
  private static final Path CONF = Path.of("../conf");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A key that no section can know, in each of them. */
  private static final String MAIN =
      """
      zzz: 1
      alerts: {zzz: 1, command: none, commands: {zzz: 1}}
      ingest: {zzz: 1, broker: {zzz: 1, tls: {zzz: 1}}}
      worker: {zzz: 1, brokers: {NAME: {zzz: 1, tls: {zzz: 1}}}}
      """;

  private static final String FLUX =
      """
      zzz: 1
      alerts: {zzz: 1, commands: {zzz: 1}}
      ingest: {zzz: 1, out: {zzz: 1}, ready: {zzz: 1}, sftp: {zzz: 1}}
      worker: {zzz: 1, storage: {zzz: 1}, out-ready: {zzz: 1}, retry: {zzz: 1}}
      """;

  /** What the readers refuse for something else than the shape of the file. */
  private static final List<String> NO_SHAPE =
      List.of(
          "unknown key 'a': known", // a list within itself is no JSON
          "stands in line", // YAML libraries take the last of two keys
          "is a broken pattern",
          "is no regular expression",
          "unknown placeholder",
          "out of range", // of durations, sizes and ports: no schema adds up
          "is longer than the max-delay",
          "a tag (such as",
          "unknown broker",
          "worker.broker",
          "a NUL",
          "is a URL",
          "ingest.out: on another server",
          "ingest.out.owner: on an SFTP",
          "ingest.sftp: neither inbox nor out",
          "ingest.out: on an SFTP server: ingest.sftp",
          "ingest.recursive: sub-folders",
          "ingest.ready: marker",
          "ingest.sftp.move-to: ",
          "ingest.sftp.taken: ",
          "the path of a socket has",
          "would stay",
          "is neither true nor false" /* yes is true to YAML 1.1 */);

  @TempDir Path temp;

  // --- keys ---

  @Test
  void theSchemaOfTheDaemonsNamesEveryKeyAndNoOther() throws IOException {
    assertEquals(known(Configuration.MAIN_FILE), inSchema("navette"));
  }

  @Test
  void theSchemaOfAFluxNamesEveryKeyAndNoOther() throws IOException {
    assertEquals(known("f.yml"), inSchema("flux"));
  }

  private Set<String> known(String file) throws IOException {
    return KnownKeys.of(temp, MAIN, FLUX, file);
  }

  private static Set<String> inSchema(String name) throws IOException {
    Set<String> keys = new TreeSet<>();
    collect(json(name), "", keys);
    return keys;
  }

  private static void collect(JsonNode schema, String base, Set<String> keys) {
    if (schema.has("properties")) {
      assertFalse(schema.path("additionalProperties").asBoolean(true), base + " must be closed");
    }
    for (Map.Entry<String, JsonNode> each : schema.path("properties").properties()) {
      keys.add(base + each.getKey());
      collect(each.getValue(), base + each.getKey() + ".", keys);
    }
    schema.path("patternProperties").forEach(each -> collect(each, base + "NAME.", keys));
    for (JsonNode choice : schema.path("anyOf")) {
      if (choice.has("properties")) {
        collect(choice, base, keys);
      }
    }
  }

  // --- what is right ---

  @Test
  void theSamplesFitAndSoDoTheirComments() throws IOException {
    String main = Files.readString(CONF.resolve("navette.yml"));
    String flux = Files.readString(CONF.resolve("flux.d/labo.yml.example"));

    for (String text : List.of(main, SampleFilesTest.uncommented(main), ConfigFolder.MAIN)) {
      assertEquals(List.of(), refusals("navette", text), text);
    }
    for (String text :
        List.of(
            flux, SampleFilesTest.uncommented(flux), ConfigFolder.INGEST, ConfigFolder.WORKER)) {
      assertEquals(List.of(), refusals("flux", text), text);
    }
  }

  @Test
  void whateverTheManualShowsFits() throws IOException {
    int shown = 0;
    String manual = Files.readString(Path.of("../docs/configuration.md"));
    for (String block : manual.split("(?m)^ *```\\w*$", -1)) {
      boolean side = block.contains("flux.d/hl7.yml") || block.contains("fluxes:");
      if (block.startsWith("\ningest:\n") && !side) {
        assertEquals(List.of(), refusals("flux", block), block);
        shown++;
      } else if (block.startsWith("\nworker:\n") && !side) {
        // Shortened to what it is about.
        String whole = block + (block.contains("storage:") ? "" : "  storage: /srv/storage\n");
        assertEquals(List.of(), refusals("flux", whole), block);
        shown++;
      }
    }
    assertTrue(shown >= 2, "only " + shown);
  }

  // --- what is wrong ---

  @Test
  void whatTheReadersRefuseForItsShapeTheSchemaRefuses() throws IOException {
    List<String> accepted = new ArrayList<>();
    for (Object[] each : rows(FluxRefusalTest.lines())) {
      String base = each[0].equals("ingest") ? ConfigFolder.INGEST : ConfigFolder.WORKER;
      note("flux", base + "  " + each[1] + "\n", (String) each[3], accepted);
    }
    for (Object[] each : rows(FluxRefusalTest.files())) {
      note("flux", (String) each[0], (String) each[2], accepted);
    }
    String worker = ConfigFolder.MAIN.substring(ConfigFolder.MAIN.indexOf("worker:"));
    for (Object[] each : rows(DaemonFileTest.brokenIngest())) {
      note("navette", each[0] + "\n" + worker, (String) each[2], accepted);
    }
    String ingest = ConfigFolder.MAIN.substring(0, ConfigFolder.MAIN.indexOf("worker:"));
    for (Object[] each : rows(DaemonFileTest.brokenWorker())) {
      note("navette", ingest + each[0] + "\n", (String) each[2], accepted);
    }
    assertEquals(List.of(), accepted);
  }

  private static void note(String schema, String yaml, String why, List<String> accepted)
      throws IOException {
    if (NO_SHAPE.stream().anyMatch(why::contains)) {
      return;
    }
    if (refusals(schema, yaml).isEmpty()) {
      accepted.add(why + " <- " + yaml.strip().replaceAll("(?s).*\n", ""));
    }
  }

  private static List<Object[]> rows(Stream<Arguments> arguments) {
    return arguments.map(Arguments::get).toList();
  }

  private static List<String> refusals(String schema, String yaml) throws IOException {
    try {
      Object read = new Yaml().load(yaml);
      return schema(schema).validate(JSON.valueToTree(read)).stream()
          .map(com.networknt.schema.Error::toString)
          .toList();
    } catch (YAMLException | IllegalArgumentException broken) {
      return List.of(broken.toString());
    }
  }

  private static Schema schema(String name) throws IOException {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(json(name));
  }

  private static JsonNode json(String name) throws IOException {
    return JSON.readTree(Files.readString(SCHEMAS.resolve(name + ".schema.json")));
  }
}
