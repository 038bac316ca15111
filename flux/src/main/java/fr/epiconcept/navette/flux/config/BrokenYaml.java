package fr.epiconcept.navette.flux.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import fr.epiconcept.navette.flux.config.YamlNode.Flaw;
import java.util.Objects;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Says in plain words what the YAML parser stumbled over.
 *
 * <p>The place comes from the parser below Jackson: Jackson itself names the last token that was
 * good, which may stand lines above.
 */
final class BrokenYaml {
  private BrokenYaml() {}

  /**
   * What is wrong.
   *
   * @param reached how far the parser came
   */
  static Flaw describe(JsonProcessingException e, Mark reached) {
    if (e instanceof StreamConstraintsException) {
      return new Flaw(reached, "too much of one thing, or too deep within others, to be read");
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
        return describe(marked);
      }
    }
    JsonLocation at = e.getLocation();
    Mark mark = at == null ? reached : new Mark(at.getLineNr(), at.getColumnNr());
    return new Flaw(mark, "this is no key: expected a plain word, a colon, and its value");
  }

  private static Flaw describe(MarkedYAMLException e) {
    String problem = Objects.requireNonNullElse(e.getProblem(), "");
    String context = Objects.requireNonNullElse(e.getContext(), "");
    Mark here = mark(e.getProblemMark());
    Mark opened = e.getContextMark() == null ? here : mark(e.getContextMark());
    if (problem.contains("(TAB)")) {
      return new Flaw(here, "a tab: indent with spaces only");
    }
    if (context.contains("an alias")) {
      return new Flaw(
          opened, "'*' begins a reference here: put a pattern in quotes, such as \"*.tmp\"");
    }
    if (context.contains("an anchor")) {
      return new Flaw(opened, "'&' begins an anchor here: put the value in quotes");
    }
    if (problem.contains("cannot start any token")) {
      return new Flaw(here, "a value cannot begin with this character: put it in quotes");
    }
    if (problem.contains("escape")) {
      return new Flaw(here, "an unknown escape: double the backslash, or use single quotes");
    }
    if (context.contains("quoted scalar")) {
      return new Flaw(opened, "the quote that opens here is never closed");
    }
    if (problem.contains("mapping values are not allowed")) {
      return new Flaw(
          here,
          "a ':' is not expected here: put a value that holds ': ' in quotes, align each key with"
              + " its neighbours, and look for a ':' missing on the line above");
    }
    if (problem.contains("could not find expected ':'")) {
      return new Flaw(opened, "a ':' is missing after this word");
    }
    if (context.contains("flow")) {
      String bracket = context.contains("sequence") ? "'['" : "'{'";
      return new Flaw(
          here,
          "expected a comma or the end of what "
              + bracket
              + (" opened at " + opened.line() + ":" + opened.column()));
    }
    if (problem.contains("<block end>") || problem.contains("<document start>")) {
      return new Flaw(
          here,
          "this does not go on with what stands above: check the indentation, and put a value that"
              + " begins with a bracket, a brace or a quote in quotes as a whole");
    }
    return new Flaw(here, "this is no YAML: check indentation, quotes and brackets");
  }

  private static Mark mark(org.yaml.snakeyaml.error.Mark mark) {
    return new Mark(mark.getLine() + 1, mark.getColumn() + 1);
  }
}
