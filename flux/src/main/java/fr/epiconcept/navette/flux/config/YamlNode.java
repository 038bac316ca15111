package fr.epiconcept.navette.flux.config;

import java.util.List;
import java.util.Map;

/** A piece of a YAML file that knows where it stands; aliases and merges are resolved. */
sealed interface YamlNode {
  /** Where it begins. */
  Mark at();

  /** What it is, in words for messages. */
  String kind();

  /**
   * A single value.
   *
   * @param text as it is written, quotes and escapes resolved: {@code 0640} stays {@code 0640}
   * @param isNull whether nothing is written, or {@code null} or {@code ~}
   */
  record Word(String text, boolean isNull, Mark at) implements YamlNode {
    @Override
    public String kind() {
      return isNull ? "nothing" : "a single value";
    }
  }

  /** A list. */
  record Items(List<YamlNode> nodes, Mark at) implements YamlNode {
    @Override
    public String kind() {
      return "a list";
    }
  }

  /**
   * Keys and their values, in the order of the file.
   *
   * @param flaws what is wrong with the table itself, such as a key that stands twice; told by
   *     whoever reads the table, so that a flaw counts for the section in which it stands
   */
  record Table(Map<String, Entry> entries, List<Flaw> flaws, Mark at) implements YamlNode {
    @Override
    public String kind() {
      return "a set of keys";
    }
  }

  /** A value that cannot be known, such as a reference to nowhere. */
  record Unreadable(Flaw flaw) implements YamlNode {
    @Override
    public Mark at() {
      return flaw.at();
    }

    @Override
    public String kind() {
      return "a broken reference";
    }
  }

  /** The value of a key, and where the key stands. */
  record Entry(Mark keyAt, YamlNode value) {}

  /** Something wrong at a place. */
  record Flaw(Mark at, String what) {}
}
