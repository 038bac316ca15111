package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.config.YamlNode.Items;
import fr.epiconcept.navette.flux.config.YamlNode.Table;
import fr.epiconcept.navette.flux.config.YamlNode.Word;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Writes a tree as YAML without anchors: what is read from it is what the tree says. By nodes of
 * their own and not by Jackson's generator, which folds the rarer ends of lines.
 */
final class YamlText {
  /** What every reader of YAML takes for the number that its digits say: no 0640, no 1e9. */
  private static final Pattern WHOLE = Pattern.compile("0|[1-9]\\d{0,8}");

  private static final Pattern NUMBER = Pattern.compile("(0|[1-9]\\d{0,5})\\.\\d{1,6}");

  /** What needs no quotes wherever it stands; that it is no number or the like is seen to. */
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z0-9/._]([A-Za-z0-9/._@%+=~ -]*[A-Za-z0-9/._@%+=~-])?");

  private YamlText() {}

  /**
   * The text.
   *
   * @param tree without anything unreadable, and not larger than memory: anchors nest
   */
  static String of(Table tree) {
    DumperOptions options = new DumperOptions();
    options.setSplitLines(false);
    options.setAllowUnicode(true);
    options.setWidth(Integer.MAX_VALUE);
    StringWriter text = new StringWriter();
    new Yaml(options).serialize(node(tree), text);
    return text.toString();
  }

  private static Node node(YamlNode node) {
    if (node instanceof Table table) {
      List<NodeTuple> entries = new ArrayList<>();
      table
          .entries()
          .forEach((key, each) -> entries.add(new NodeTuple(word(key), node(each.value()))));
      return new MappingNode(Tag.MAP, entries, FlowStyle.BLOCK);
    }
    if (node instanceof Items items) {
      boolean flat = items.nodes().stream().allMatch(Word.class::isInstance);
      return new SequenceNode(
          Tag.SEQ,
          new ArrayList<>(items.nodes().stream().map(YamlText::node).toList()),
          flat ? FlowStyle.FLOW : FlowStyle.BLOCK);
    }
    if (node instanceof Word word) {
      return word.isNull() ? scalar(Tag.NULL, "null", ScalarStyle.PLAIN) : word(word.text());
    }
    throw new IllegalArgumentException("unreadable at " + node.at());
  }

  private static Node word(String text) {
    if (WHOLE.matcher(text).matches()) {
      return scalar(Tag.INT, text, ScalarStyle.PLAIN);
    }
    if (NUMBER.matcher(text).matches()) {
      return scalar(Tag.FLOAT, text, ScalarStyle.PLAIN);
    }
    if (text.equals("true") || text.equals("false")) {
      return scalar(Tag.BOOL, text, ScalarStyle.PLAIN);
    }
    boolean plain = PLAIN.matcher(text).matches();
    return scalar(Tag.STR, text, plain ? ScalarStyle.PLAIN : ScalarStyle.DOUBLE_QUOTED);
  }

  private static Node scalar(Tag tag, String text, ScalarStyle style) {
    return new ScalarNode(tag, text, null, null, style);
  }
}
