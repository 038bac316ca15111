package fr.epiconcept.navette.flux.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the file of a flux out of its keys and their values. */
public final class FluxText {
  private FluxText() {}

  /**
   * The text.
   *
   * @param flux tables and lists of text, as deep as a flux's file goes
   */
  public static String of(Map<String, ?> flux) {
    return YamlText.of((YamlNode.Table) node(flux));
  }

  private static YamlNode node(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
      map.forEach(
          (key, each) -> entries.put((String) key, new YamlNode.Entry(Mark.NONE, node(each))));
      return new YamlNode.Table(entries, List.of(), Mark.NONE);
    }
    if (value instanceof List<?> list) {
      return new YamlNode.Items(list.stream().map(FluxText::node).toList(), Mark.NONE);
    }
    return new YamlNode.Word((String) value, false, Mark.NONE);
  }
}
