package fr.epiconcept.navette.flux.adopt;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import fr.epiconcept.navette.flux.adopt.Old.Keys;
import fr.epiconcept.navette.flux.adopt.Old.Many;
import fr.epiconcept.navette.flux.adopt.Old.Text;
import fr.epiconcept.navette.flux.adopt.Old.Where;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads JSON with {@code #} comments, as a tree with places. */
final class OldReader {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_YAML_COMMENTS).build();

  private final Path file;
  private final JsonParser json;

  private OldReader(Path file, JsonParser json) {
    this.file = file;
    this.json = json;
  }

  /**
   * The keys of {@code file}.
   *
   * @throws BrokenOld if it does not hold such
   */
  static Keys read(Path file) throws IOException, BrokenOld {
    try (JsonParser json = FACTORY.createParser(Files.readString(file))) {
      OldReader reader = new OldReader(file, json);
      try {
        return reader.document();
      } catch (JsonProcessingException e) {
        JsonLocation at = e.getLocation();
        Where where = at == null ? reader.here() : reader.where(at);
        throw new BrokenOld(where, "this is no JSON: " + firstLine(e.getOriginalMessage()));
      }
    } catch (java.nio.charset.CharacterCodingException e) {
      throw new BrokenOld(new Where(file, 0, 0), "a byte that is no UTF-8: is it a configuration?");
    }
  }

  private static String firstLine(String message) {
    return message
        .lines()
        .findFirst()
        .orElse("")
        .replaceAll("\\(code \\d+[^)]*\\)|\\((for|start marker at).*", "")
        .strip();
  }

  private Keys document() throws IOException, BrokenOld {
    if (json.nextToken() == null) {
      throw new BrokenOld(new Where(file, 1, 1), "the file is empty");
    }
    Old root = value();
    if (json.nextToken() != null) {
      throw new BrokenOld(here(), "something stands behind the end");
    }
    if (root instanceof Keys keys) {
      return keys;
    }
    throw new BrokenOld(root.at(), "expected an object, with a flux under each of its keys");
  }

  private Old value() throws IOException {
    Where at = here();
    JsonToken token = json.currentToken();
    if (token == JsonToken.START_OBJECT) {
      Map<String, Old> entries = new LinkedHashMap<>();
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String key = json.currentName();
        json.nextToken();
        // As jq has it: of two that are called the same, the last one counts.
        entries.put(key, value());
      }
      return new Keys(entries, at);
    }
    if (token == JsonToken.START_ARRAY) {
      List<Old> items = new ArrayList<>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        items.add(value());
      }
      return new Many(items, at);
    }
    return new Text(json.getText(), token == JsonToken.VALUE_NULL, at);
  }

  private Where here() {
    return where(json.currentTokenLocation());
  }

  private Where where(JsonLocation at) {
    return new Where(file, at.getLineNr(), at.getColumnNr());
  }
}
