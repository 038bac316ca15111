package fr.epiconcept.navette.flux.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import fr.epiconcept.navette.flux.config.YamlNode.Entry;
import fr.epiconcept.navette.flux.config.YamlNode.Items;
import fr.epiconcept.navette.flux.config.YamlNode.Table;
import fr.epiconcept.navette.flux.config.YamlNode.Word;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever a value says, the file that is written says the same. */
class YamlTextFuzzTest {
  private static final Mark NOWHERE = Mark.NONE;

  @Property
  void whatIsWrittenIsReadAsItWas(@ForAll("texts") List<String> texts) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (int i = 0; i < texts.size(); i++) {
      entries.put("word" + i, entry(word(texts.get(i))));
    }
    entries.put(
        "list",
        entry(new Items(texts.stream().<YamlNode>map(YamlTextFuzzTest::word).toList(), NOWHERE)));
    entries.put("table", entry(new Table(new LinkedHashMap<>(entries), List.of(), NOWHERE)));
    Table tree = new Table(entries, List.of(), NOWHERE);
    FaultList faults = new FaultList(Path.of("/f"));

    Table read = YamlReader.read(YamlText.of(tree), faults).orElseThrow();

    assertEquals(List.of(), faults.toList());
    assertEquals(tree, unplaced(read));
  }

  @Provide
  Arbitrary<List<String>> texts() {
    Arbitrary<String> hard =
        Arbitraries.of(
            "",
            " ",
            "0640",
            "010",
            "10",
            "1.50",
            "1e3",
            "0x1f",
            "true",
            "True",
            "yes",
            "no",
            "null",
            "~",
            "{file}",
            "*.tmp",
            "&a",
            "a: b",
            "a #b",
            "#b",
            "- x",
            "-",
            "re:\\d+'\"",
            "12:30",
            "a\nb",
            "a\n",
            "\n",
            "\t",
            "%x",
            "@",
            "!x",
            "|",
            "> x",
            "[x",
            "é\u2028",
            "=",
            "<<",
            "2026-01-01",
            ".inf",
            "'",
            "\"",
            "\\",
            "x:",
            ": x",
            "? x",
            "\ud83d\ude00",
            "\u0085");
    Arbitrary<String> any =
        Arbitraries.strings().withChars(" :#'\"{}[],&*!|>%@`-?\\\n\tab0.~=é").ofMaxLength(12);
    return Arbitraries.oneOf(hard, any).list().ofMinSize(1).ofMaxSize(8);
  }

  private static Word word(String text) {
    return new Word(text, false, NOWHERE);
  }

  private static Entry entry(YamlNode node) {
    return new Entry(NOWHERE, node);
  }

  private static YamlNode unplaced(YamlNode node) {
    if (node instanceof Table table) {
      Map<String, Entry> entries = new LinkedHashMap<>();
      table.entries().forEach((key, each) -> entries.put(key, entry(unplaced(each.value()))));
      return new Table(entries, table.flaws(), NOWHERE);
    }
    if (node instanceof Items items) {
      return new Items(items.nodes().stream().map(YamlTextFuzzTest::unplaced).toList(), NOWHERE);
    }
    Word word = (Word) node;
    return new Word(word.text(), word.isNull(), NOWHERE);
  }
}
