package fr.epiconcept.navette.flux.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import fr.epiconcept.navette.flux.config.YamlNode.Entry;
import fr.epiconcept.navette.flux.config.YamlNode.Flaw;
import fr.epiconcept.navette.flux.config.YamlNode.Items;
import fr.epiconcept.navette.flux.config.YamlNode.Table;
import fr.epiconcept.navette.flux.config.YamlNode.Unreadable;
import fr.epiconcept.navette.flux.config.YamlNode.Word;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes a tree with positions out of the tokens of Jackson's YAML parser.
 *
 * <p>Jackson's data binding stops at the first fault, knows the place of few, and reads {@code
 * 0640} as 416. Its token stream has none of these limits: each token comes with its line and
 * column and the text as it was written. What the stream leaves to its reader is done here:
 * anchors, {@code <<} merges, keys that stand twice.
 */
final class YamlReader {
  private static final YAMLFactory FACTORY = new YAMLFactory();
  private static final String MERGE = "<<";

  private final YAMLParser parser;
  private final Map<String, YamlNode> anchors = new HashMap<>();

  private YamlReader(YAMLParser parser) {
    this.parser = parser;
  }

  /** The keys of the file, or nothing once {@code faults} holds the reason. */
  static Optional<Table> read(String text, FaultList faults) {
    try (YAMLParser parser = FACTORY.createParser(text)) {
      YamlReader reader = new YamlReader(parser);
      try {
        return reader.document(faults);
      } catch (JsonProcessingException e) {
        faults.error(BrokenYaml.describe(e, reader.here()));
        return Optional.empty();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory cannot fail", e);
    }
  }

  private Optional<Table> document(FaultList faults) throws IOException {
    if (parser.nextToken() == null) {
      faults.error(Mark.START, "the file is empty");
      return Optional.empty();
    }
    YamlNode root = value();
    if (parser.nextToken() != null) {
      faults.error(
          here(), "a second document begins here: expected one only, without '---' inside");
      return Optional.empty();
    }
    if (root instanceof Table table) {
      return Optional.of(table);
    }
    if (root instanceof Word word && word.isNull()) {
      faults.error(Mark.START, "the file is empty");
    } else {
      faults.error(root.at(), "expected keys and their values, not " + root.kind());
    }
    return Optional.empty();
  }

  private YamlNode value() throws IOException {
    Mark at = here();
    if (parser.isCurrentAlias()) {
      return referred(parser.getText(), at);
    }
    String anchor = parser.getObjectId();
    String tag = parser.getTypeId();
    YamlNode node = untagged(at);
    if (tag != null) {
      node = new Unreadable(new Flaw(at, "a tag (such as !!str) means nothing here: remove it"));
    }
    if (anchor != null) {
      anchors.put(anchor, node);
    }
    return node;
  }

  private YamlNode referred(String name, Mark at) {
    YamlNode node = anchors.get(name);
    if (node != null) {
      return node;
    }
    return new Unreadable(
        new Flaw(
            at,
            "'*"
                + name
                + "' refers to no anchor that is complete above: write '&"
                + name
                + "' there, or put the value in quotes"));
  }

  private YamlNode untagged(Mark at) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == JsonToken.START_OBJECT) {
      return table(at);
    }
    if (token == JsonToken.START_ARRAY) {
      List<YamlNode> nodes = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        nodes.add(value());
      }
      return new Items(nodes, at);
    }
    boolean isNull = token == JsonToken.VALUE_NULL;
    return new Word(isNull ? "" : parser.getText(), isNull, at);
  }

  private Table table(Mark at) throws IOException {
    Map<String, Entry> entries = new LinkedHashMap<>();
    List<YamlNode> merged = new ArrayList<>();
    Set<Flaw> flaws = new LinkedHashSet<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      Mark keyAt = here();
      parser.nextToken();
      YamlNode value = value();
      if (key.equals(MERGE)) {
        merged.add(value);
      } else if (entries.containsKey(key)) {
        int first = entries.get(key).keyAt().line();
        flaws.add(new Flaw(keyAt, "the key '" + key + "' stands in line " + first + " already"));
      } else {
        entries.put(key, new Entry(keyAt, value));
      }
    }
    // Only now: what the table itself says goes before what it takes over, wherever '<<' stands.
    merged.forEach(from -> merge(from, entries, flaws));
    return new Table(entries, List.copyOf(flaws), at);
  }

  private static void merge(YamlNode from, Map<String, Entry> entries, Set<Flaw> flaws) {
    if (from instanceof Table table) {
      table.entries().forEach(entries::putIfAbsent);
      flaws.addAll(table.flaws());
    } else if (from instanceof Items items
        && items.nodes().stream().allMatch(Table.class::isInstance)) {
      items.nodes().forEach(table -> merge(table, entries, flaws));
    } else if (from instanceof Unreadable unreadable) {
      flaws.add(unreadable.flaw());
    } else {
      flaws.add(new Flaw(from.at(), "'<<' takes over keys: expected *name, not " + from.kind()));
    }
  }

  private Mark here() {
    JsonLocation at = parser.currentTokenLocation();
    return new Mark(at.getLineNr(), at.getColumnNr());
  }
}
