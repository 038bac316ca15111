package fr.epiconcept.navette.flux.alert;

import static org.junit.jupiter.api.Assertions.assertEquals;

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

/** The documented schema of an alert: every alert of the tests fits it, and has no key beside. */
final class AlertSchema {
  private static final Path FILE = Path.of("../docs/schema/alert.schema.json");

  private static final Schema STRICT = read();

  private AlertSchema() {}

  private static Schema read() {
    try {
      ObjectNode schema = (ObjectNode) new ObjectMapper().readTree(Files.readString(FILE));
      schema.put("additionalProperties", false);
      SchemaRegistryConfig formats =
          SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build();
      return SchemaRegistry.withDefaultDialect(
              SpecificationVersion.DRAFT_2020_12, it -> it.schemaRegistryConfig(formats))
          .getSchema(schema);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode fits(JsonNode alert) {
    List<Error> errors = STRICT.validate(alert);
    assertEquals(List.of(), errors.stream().map(Error::toString).toList(), alert::toString);
    return alert;
  }
}
