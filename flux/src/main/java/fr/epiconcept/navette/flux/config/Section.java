package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.config.YamlNode.Entry;
import fr.epiconcept.navette.flux.config.YamlNode.Items;
import fr.epiconcept.navette.flux.config.YamlNode.Table;
import fr.epiconcept.navette.flux.config.YamlNode.Unreadable;
import fr.epiconcept.navette.flux.config.YamlNode.Word;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * One level of a configuration file, key by key.
 *
 * <p>Whatever is wrong with a value is told to the {@link FaultList}, and the default (or, for what
 * is required, a stand-in) is answered so that reading goes on: all faults are found at once. So a
 * record may only be handed out if {@link FaultList#errors()} has not grown while it was made.
 */
final class Section {
  private static final Path STAND_IN = Path.of("/");

  private final Map<String, Entry> entries;
  private final String name;
  private final Mark at;
  private final FaultList faults;

  private Section(Map<String, Entry> entries, String name, Mark at, FaultList faults) {
    this.entries = entries;
    this.name = name;
    this.at = at;
    this.faults = faults;
  }

  /** The whole file. */
  static Section root(Table table, List<String> known, FaultList faults) {
    return open(table, "", Mark.START, faults).knows(known);
  }

  private static Section open(Table table, String name, Mark at, FaultList faults) {
    table.flaws().forEach(faults::error);
    return new Section(table.entries(), name, at, faults);
  }

  private Section knows(List<String> known) {
    entries.forEach(
        (key, entry) -> {
          if (!known.contains(key)) {
            faults.error(
                entry.keyAt(),
                "unknown key '"
                    + key
                    + "'"
                    + (name.isEmpty() ? "" : " in " + name)
                    + Nearest.hint(key, known)
                    + " known keys: "
                    + String.join(", ", known));
          }
        });
    return this;
  }

  boolean has(String key) {
    return entries.containsKey(key);
  }

  /** The keys as they are written, for sections whose keys are names. */
  List<String> keys() {
    return List.copyOf(entries.keySet());
  }

  /** Where a key stands; the section itself where it does not. */
  Mark keyAt(String key) {
    return has(key) ? entries.get(key).keyAt() : at;
  }

  /** Where the value of a key stands; the section itself where it does not. */
  Mark valueAt(String key) {
    return has(key) ? entries.get(key).value().at() : at;
  }

  /** The full name of a key, such as {@code ingest.out.path}. */
  String name(String key) {
    return name.isEmpty() ? key : name + "." + key;
  }

  /** Tells that keys are missing, once for all of them. */
  void require(String... keys) {
    List<String> missing = new ArrayList<>();
    for (String key : keys) {
      if (!has(key)) {
        missing.add("'" + key + "'");
      }
    }
    if (!missing.isEmpty()) {
      faults.error(at, name + ": missing " + String.join(", ", missing));
    }
  }

  /**
   * What is written there, if it is a single value; whatever is wrong with it, nothing is told.
   *
   * @param below keys of the levels below
   */
  Optional<String> peek(String key, String... below) {
    Optional<YamlNode> node = node(key);
    for (String next : below) {
      node =
          node.flatMap(
              level ->
                  level instanceof Table table
                      ? Optional.ofNullable(table.entries().get(next)).map(Entry::value)
                      : Optional.empty());
    }
    return node.flatMap(
        it ->
            it instanceof Word word && !word.isNull()
                ? Optional.of(word.text())
                : Optional.empty());
  }

  /** The level below, if the key is there and holds one. */
  Optional<Section> section(String key, List<String> known) {
    return names(key).map(section -> section.knows(known));
  }

  /** The level below, whose keys may have any name. */
  Optional<Section> names(String key) {
    return node(key)
        .flatMap(
            node -> {
              if (node instanceof Table table) {
                return Optional.of(open(table, name(key), keyAt(key), faults));
              }
              wrongType(key, node, "keys and their values");
              return Optional.empty();
            });
  }

  /** Whether the key holds a level below, rather than a single value. */
  boolean isSection(String key) {
    return has(key) && entries.get(key).value() instanceof Table;
  }

  /** A path that must be there; see {@link #require}. */
  Path path(String key) {
    return optionalPath(key).orElse(STAND_IN);
  }

  Optional<Path> optionalPath(String key) {
    return read(key, PathText::parse);
  }

  Duration duration(String key, Duration otherwise, Duration least, Duration most) {
    return read(key, text -> DurationText.parse(text, least, most)).orElse(otherwise);
  }

  long size(String key, long otherwise, long least, long most) {
    return read(key, text -> SizeText.parse(text, least, most)).orElse(otherwise);
  }

  int whole(String key, int otherwise, int least, int most) {
    return read(key, text -> Scalars.whole(text, least, most)).orElse(otherwise);
  }

  boolean flag(String key, boolean otherwise) {
    return read(key, Scalars::flag).orElse(otherwise);
  }

  <E extends Enum<E>> E choice(String key, E otherwise) {
    return read(key, text -> Choice.parse(text, otherwise.getDeclaringClass())).orElse(otherwise);
  }

  /** A single value, by the rule of {@code parser}. */
  <T> Optional<T> read(String key, Function<String, Parsed<T>> parser) {
    return node(key).flatMap(node -> word(key, node)).flatMap(word -> parse(key, word, parser));
  }

  /** A list of single values, each by the rule of {@code parser}. */
  <T> Optional<List<T>> list(String key, Function<String, Parsed<T>> parser) {
    return node(key)
        .flatMap(
            node -> {
              if (node instanceof Items items) {
                List<T> values = new ArrayList<>();
                for (YamlNode item : items.nodes()) {
                  word(key, item).flatMap(word -> parse(key, word, parser)).ifPresent(values::add);
                }
                return Optional.of(values);
              }
              wrongType(key, node, "a list" + listForm(node));
              return Optional.empty();
            });
  }

  /** A command, word by word, in which only some words in braces may stand. */
  Optional<List<String>> command(String key, List<String> placeholders) {
    Optional<List<String>> words = list(key, text -> placed(text, placeholders));
    if (node(key).orElse(null) instanceof Items items) {
      YamlNode first = items.nodes().isEmpty() ? items : items.nodes().get(0);
      String program = first instanceof Word word ? word.text() : "";
      if (program.isEmpty()) {
        faults.error(first.at(), name(key) + ": the first word must name a program");
      } else if (program.contains("{")) {
        faults.error(first.at(), name(key) + ": the program itself cannot be a placeholder");
      } else if (program.indexOf('/') > 0) {
        faults.error(
            first.at(),
            name(key)
                + ": '"
                + program
                + "' is a relative path: expected one that begins with '/', or a bare name that is"
                + " found on PATH");
      }
    }
    return words;
  }

  /** A command in which nothing is filled in, or the word {@code none}: no words then. */
  Optional<List<String>> commandOrNone(String key) {
    return isNone(key) ? Optional.of(List.of()) : command(key, List.of());
  }

  /** A duration, or the word {@code none}. */
  Optional<Duration> durationOrNone(
      String key, Optional<Duration> otherwise, Duration least, Duration most) {
    if (isNone(key)) {
      return Optional.empty();
    }
    return read(key, text -> DurationText.parse(text, least, most)).or(() -> otherwise);
  }

  private boolean isNone(String key) {
    return node(key).orElse(null) instanceof Word word && word.text().equals("none");
  }

  /** Text in which only some words in braces may stand. */
  static Parsed<String> placed(String text, List<String> placeholders) {
    return Placeholders.complaint(text, placeholders)
        .<Parsed<String>>map(Parsed::bad)
        .orElse(Parsed.good(text));
  }

  /**
   * Tells that the value of {@code key} is refused for a reason that its spelling does not show.
   */
  void refuse(String key, String what) {
    faults.error(valueAt(key), name(key) + ": " + what);
  }

  /** Tells what an administrator should know about {@code key}. */
  void warn(String key, String what) {
    faults.warning(valueAt(key), name(key) + ": " + what);
  }

  private <T> Optional<T> parse(String key, Word word, Function<String, Parsed<T>> parser) {
    if (word.text().indexOf('\0') >= 0) {
      faults.error(word.at(), name(key) + ": no value may hold a NUL character");
      return Optional.empty();
    }
    return parser
        .apply(word.text())
        .orComplain(what -> faults.error(word.at(), name(key) + ": " + what));
  }

  private Optional<Word> word(String key, YamlNode node) {
    if (node instanceof Word word && !word.isNull()) {
      return Optional.of(word);
    }
    wrongType(key, node, "a single value");
    return Optional.empty();
  }

  private Optional<YamlNode> node(String key) {
    return Optional.ofNullable(entries.get(key)).map(Entry::value);
  }

  private void wrongType(String key, YamlNode node, String expected) {
    if (node instanceof Unreadable unreadable) {
      faults.error(unreadable.flaw());
    } else if (node instanceof Word word && word.isNull()) {
      faults.error(word.at(), name(key) + ": has no value: expected " + expected);
    } else {
      faults.error(
          node.at(),
          name(key) + ": expected " + expected + ", not " + node.kind() + bracesHint(node));
    }
  }

  /** {@code {file}} without quotes is a table with a key and no value. */
  private static String bracesHint(YamlNode node) {
    if (node instanceof Table table
        && table.entries().size() == 1
        && table.entries().values().iterator().next().value() instanceof Word word
        && word.isNull()) {
      String name = table.entries().keySet().iterator().next();
      return " (put a word in braces in quotes: \"{" + name + "}\")";
    }
    return "";
  }

  private static String listForm(YamlNode node) {
    if (!(node instanceof Word word) || word.isNull()) {
      return "";
    }
    List<String> words = new ArrayList<>();
    for (String part : word.text().trim().split("\\s+", -1)) {
      boolean plain = part.matches("[A-Za-z0-9/._=-]+");
      words.add(plain ? part : "\"" + part.replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
    }
    return " such as [" + String.join(", ", words) + "]";
  }
}
