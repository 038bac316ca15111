package fr.epiconcept.navette.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/** What {@code --json} prints: an array of objects on one line. */
final class Json {
  private Json() {}

  /** Writes the members of one object. */
  @FunctionalInterface
  interface Members<T> {
    void write(T what, JsonGenerator json) throws IOException;
  }

  static <T> void array(PrintWriter out, List<T> all, Members<T> members) throws IOException {
    JsonFactory factory = new JsonFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    try (JsonGenerator json = factory.createGenerator(out)) {
      json.writeStartArray();
      for (T each : all) {
        json.writeStartObject();
        members.write(each, json);
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    out.println();
  }
}
