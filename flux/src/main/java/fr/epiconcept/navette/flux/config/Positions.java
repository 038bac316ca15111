package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.config.YamlNode.Entry;
import fr.epiconcept.navette.flux.config.YamlNode.Items;
import fr.epiconcept.navette.flux.config.YamlNode.Table;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where each key stands, for faults that only the machine shows. Looked up in the trees as they
 * were read: an index of all keys could grow without bound, since anchors nest.
 *
 * @param trees each file that could be read
 */
record Positions(Map<Path, Table> trees) {
  Positions {
    trees = Map.copyOf(trees);
  }

  /**
   * Where a key stands; the nearest level above it where it is not written.
   *
   * @param keys from the outermost; the number of an item for a list
   */
  Mark at(Path file, String... keys) {
    YamlNode node = trees.get(file);
    Mark mark = Mark.NONE;
    for (String key : keys) {
      if (node instanceof Table table && table.entries().containsKey(key)) {
        Entry entry = table.entries().get(key);
        mark = entry.keyAt();
        node = entry.value();
      } else if (node instanceof Items items && Integer.parseInt(key) < items.nodes().size()) {
        node = items.nodes().get(Integer.parseInt(key));
        mark = node.at();
      } else {
        return mark;
      }
    }
    return mark;
  }

  /** Whether the file says this itself, rather than leaving it to the default. */
  boolean has(Path file, String... keys) {
    YamlNode node = trees.get(file);
    for (String key : keys) {
      if (!(node instanceof Table table && table.entries().containsKey(key))) {
        return false;
      }
      node = table.entries().get(key).value();
    }
    return true;
  }
}
