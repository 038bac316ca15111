package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The pages and the schemas say the same: every key, of which type, and the lists of words. */
class DocumentedJsonTest {
  private static final Path DOCS = Path.of("../docs");
  private static final Pattern SECTION =
      Pattern.compile("(?m)^## `navette ([a-z]+(?: [a-z]+)?) --json`$");
  private static final Pattern BASES = Pattern.compile("(`[^`]+`)( and `[^`]+`)*:");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Map<String, String> TYPES =
      Map.of(
          "text", "string",
          "number", "number",
          "true or false", "boolean",
          "array", "array",
          "array of text", "array",
          "object", "object",
          "object of texts", "object");

  /** A key of a table, or of a schema. */
  private record Key(String type, boolean optional, Set<String> words) {}

  static Stream<String> commands() throws IOException {
    return sections().keySet().stream();
  }

  private static Map<String, String> sections() throws IOException {
    String page = Files.readString(DOCS.resolve("json.md"));
    List<MatchResult> titles = SECTION.matcher(page).results().toList();
    Map<String, String> sections = new TreeMap<>();
    for (int i = 0; i < titles.size(); i++) {
      int end = i + 1 < titles.size() ? titles.get(i + 1).start() : page.length();
      sections.put(titles.get(i).group(1), page.substring(titles.get(i).end(), end));
    }
    return sections;
  }

  private static String schemaOf(String command) {
    return command.replace(' ', '-');
  }

  // --- the tests ---

  @Test
  void eachCommandThatHasJsonIsDocumentedAndHasASchemaAndThereIsNoOther() throws Exception {
    Set<String> real = new TreeSet<>();
    withJson(Main.wholeCommandLine(), "", real);
    Set<String> schemas = new TreeSet<>();
    try (Stream<Path> files = Files.list(JsonSchemas.FOLDER)) {
      files.forEach(file -> schemas.add(file.getFileName().toString()));
    }
    Set<String> wanted = new TreeSet<>(Set.of("alert.schema.json"));
    wanted.addAll(Set.of("navette.schema.json", "flux.schema.json")); // of what is written by hand
    real.forEach(command -> wanted.add(schemaOf(command) + ".schema.json"));

    assertEquals(real, sections().keySet());
    assertEquals(wanted, schemas);
    sections()
        .forEach(
            (command, text) ->
                assertTrue(
                    text.contains("(schema/" + schemaOf(command) + ".schema.json)"), command));
  }

  private static void withJson(CommandLine command, String name, Set<String> found) {
    if (command.getCommandSpec().findOption("--json") != null) {
      found.add(name.strip());
    }
    command
        .getSubcommands()
        .forEach((word, each) -> withJson(each, name + " " + each.getCommandName(), found));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void thePageNamesTheKeysOfTheSchema(String command) throws IOException {
    assertSame(schemaOf(command), sections().get(command));
  }

  @Test
  void thePageNamesTheKeysOfAnAlert() throws IOException {
    String page = Files.readString(DOCS.resolve("alerts.md"));
    String section = page.substring(page.indexOf("## What a command finds"));
    assertSame("alert", section.substring(0, section.indexOf("The same in words")));
    for (JsonNode word : JsonSchemas.read("alert").at("/properties/alert/enum")) {
      assertTrue(page.contains("| `" + word.asText() + "` |"), word.asText());
    }
  }

  private static void assertSame(String schema, String page) {
    Map<String, Key> wanted = new TreeMap<>();
    JsonNode root = JsonSchemas.read(schema);
    keys(root, root, "", true, wanted);
    Map<String, Key> told = told(page);
    assertEquals(wanted.keySet(), told.keySet(), schema);
    wanted.forEach(
        (name, key) -> {
          assertEquals(key.type(), told.get(name).type(), schema + " " + name);
          assertEquals(key.optional(), told.get(name).optional(), schema + " " + name);
          // The classes of alerts have a table of their own.
          assertTrue(
              schema.equals("alert") || told.get(name).words().containsAll(key.words()),
              () -> schema + " " + name + ": the page does not name all of " + key.words());
        });
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theExamplesFit(String command) throws IOException {
    sections()
        .get(command)
        .lines()
        .filter(line -> line.startsWith("[{") || line.startsWith("{"))
        .forEach(line -> JsonSchemas.check(schemaOf(command), line));
  }

  @Test
  void theExampleOfAnAlertFits() throws IOException {
    List<String> examples =
        Files.readAllLines(DOCS.resolve("alerts.md")).stream()
            .filter(line -> line.startsWith("{\"alert\""))
            .toList();
    assertEquals(1, examples.size());
    JsonSchemas.check("alert", examples.get(0));
  }

  @Test
  void whatTwoCommandsTellAlikeHasOneShape() {
    int shared = 0;
    for (String[] pair : new String[][] {{"show", "waiting"}, {"status", "held"}}) {
      JsonNode root = JsonSchemas.read(pair[0]);
      JsonNode part = root.at("/$defs/" + pair[1]);
      JsonNode other = JsonSchemas.read(sharedWith(part)).get("items");
      ObjectNode theirs = other.get("properties").deepCopy();
      theirs.remove("source");
      assertEquals(theirs, part.get("properties"), pair[0]);
      shared++;
    }
    assertEquals(2, shared);
  }

  @Test
  void aKeyMoreAKeyLessAndAWrongWordAreFaults() {
    String right =
        "[{\"flux\":\"labo\",\"side\":\"INGEST\",\"since\":\"2026-11-24T01:02:03Z\",\"why\":\"\"}]";
    JsonSchemas.check("hold", right);
    for (String wrong :
        List.of(
            right.replace("\"why\"", "\"whi\""),
            right.replace("\"why\":\"\"", "\"why\":\"\",\"more\":1"),
            right.replace("INGEST", "ingest"),
            right.replace("2026-11-24T", "yesterday "),
            right.substring(1, right.length() - 1))) {
      assertThrows(AssertionError.class, () -> JsonSchemas.check("hold", wrong), wrong);
    }
    assertThrows(
        AssertionError.class,
        () -> JsonSchemas.check(List.of("hold", "--json"), 0, "nothing is held\n"));
  }

  // --- of a schema ---

  private static void keys(
      JsonNode root, JsonNode given, String base, boolean required, Map<String, Key> keys) {
    JsonNode schema = given.has("$ref") ? root.at(given.get("$ref").asText().substring(1)) : given;
    boolean elsewhere = !sharedWith(schema).isEmpty();
    if (!base.isEmpty() && !base.endsWith("[]")) {
      keys.put(base, new Key(type(schema), !required, words(schema)));
    }
    if (schema.has("items")) {
      JsonNode item = schema.get("items");
      keys(root, item, base.isEmpty() ? "" : base + "[]", true, keys);
    }
    if (schema.has("properties") && !elsewhere) {
      Set<String> needed = new TreeSet<>();
      schema.get("required").forEach(each -> needed.add(each.asText()));
      assertFalse(
          schema.has("additionalProperties"), "new keys may come: " + base + " must be open");
      for (Map.Entry<String, JsonNode> each : schema.get("properties").properties()) {
        String name = base.isEmpty() ? each.getKey() : base + "." + each.getKey();
        keys(root, each.getValue(), name, needed.contains(each.getKey()), keys);
      }
    }
  }

  private static String sharedWith(JsonNode schema) {
    String comment = schema.path("$comment").asText("");
    return comment.replaceAll("^as in (.*)\\.schema\\.json$", "$1");
  }

  private static String type(JsonNode schema) {
    String type = schema.path("type").asText("string");
    return type.equals("integer") ? "number" : type;
  }

  private static Set<String> words(JsonNode schema) {
    Set<String> words = new TreeSet<>();
    schema.path("enum").forEach(word -> words.add(word.asText()));
    return words;
  }

  // --- of a page ---

  private static Map<String, Key> told(String page) {
    Map<String, Key> keys = new TreeMap<>();
    List<String> bases = List.of("");
    for (String line : page.lines().toList()) {
      if (line.startsWith("| `")) {
        row(line.split("\\|", -1), bases, keys);
      } else if (BASES.matcher(line).matches()) {
        bases = code(line).stream().map(base -> base + ".").toList();
      }
    }
    return keys;
  }

  private static void row(String[] cells, List<String> bases, Map<String, Key> keys) {
    String type = cells[2].strip();
    boolean optional = type.endsWith(", optional");
    String plain = type.replace(", optional", "");
    String json = TYPES.get(plain);
    assertTrue(json != null, () -> "no type: " + type);
    for (String key : code(cells[1])) {
      for (String base : bases) {
        keys.put(base + key, new Key(json, optional, new TreeSet<>(code(cells[3]))));
      }
    }
  }

  private static List<String> code(String text) {
    List<String> all = new ArrayList<>();
    Matcher code = CODE.matcher(text);
    while (code.find()) {
      all.add(code.group(1));
    }
    return all;
  }
}
