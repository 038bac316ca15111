package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The documented schemas. Whatever any test has a command print with {@code --json} must fit: a key
 * that the schema does not name is a fault here, though programs have to bear it.
 */
public final class JsonSchemas {
  static final Path FOLDER = Path.of("../docs/schema");
  static final ObjectMapper JSON = new ObjectMapper();

  /** Those that have a command below them. */
  private static final Set<String> PARENTS = Set.of("accounts", "certs");

  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder ->
              builder.schemaRegistryConfig(
                  SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

  private static final Map<String, Schema> STRICT = new ConcurrentHashMap<>();

  private JsonSchemas() {}

  /**
   * What a command printed with {@code --json}, if it was called so.
   *
   * @param words its arguments, the subcommand first
   * @param said its standard output, or both outputs
   */
  public static void check(List<String> words, int exit, String said) {
    if (!words.contains("--json")) {
      return;
    }
    String name = PARENTS.contains(words.get(0)) ? words.get(0) + "-" + words.get(1) : words.get(0);
    List<String> values =
        said.lines().filter(line -> line.startsWith("[") || line.startsWith("{")).toList();
    assertTrue(values.size() <= 1, () -> "one value on one line is wanted: " + said);
    assertTrue(exit != 0 || !values.isEmpty(), () -> words + " says no JSON: " + said);
    values.forEach(value -> check(name, value));
  }

  /** One value. */
  public static void check(String name, String value) {
    try {
      List<Error> errors = strict(name).validate(JSON.readTree(value));
      assertEquals(List.of(), errors.stream().map(Error::toString).toList(), () -> value);
    } catch (IOException e) {
      throw new UncheckedIOException(value, e);
    }
  }

  private static Schema strict(String name) {
    return STRICT.computeIfAbsent(
        name,
        each -> {
          JsonNode schema = read(each);
          close(schema);
          return REGISTRY.getSchema(schema);
        });
  }

  /** A schema as it stands. */
  static JsonNode read(String name) {
    try {
      return JSON.readTree(Files.readString(FOLDER.resolve(name + ".schema.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void close(JsonNode schema) {
    if (schema instanceof ObjectNode object
        && object.has("properties")
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    schema.forEach(JsonSchemas::close);
  }
}
