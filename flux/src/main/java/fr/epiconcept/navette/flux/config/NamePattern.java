package fr.epiconcept.navette.flux.config;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import fr.epiconcept.navette.flux.FileName;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.function.Predicate;

/**
 * Which names a flux takes: a glob ({@code *.hl7}), or behind {@code re:} a regular expression that
 * the whole name must fit. Names come from strangers, so the expression is one that takes time in
 * proportion to the name, whatever it says: RE2's, without backward references.
 */
public final class NamePattern {
  private static final String EXPRESSION = "re:";
  private static final Path HERE = Path.of("/");

  private final String text;
  private final Predicate<FileName> matcher;

  private NamePattern(String text, Predicate<FileName> matcher) {
    this.text = text;
    this.matcher = matcher;
  }

  /** The pattern as an administrator writes it. */
  static Parsed<String> check(String text) {
    if (text.startsWith(EXPRESSION)) {
      return expression(text);
    }
    if (text.isEmpty() || text.indexOf('/') >= 0) {
      return Parsed.bad("'" + text + "' matches no name: expected a pattern such as \"*.hl7\"");
    }
    try {
      FileSystems.getDefault().getPathMatcher("glob:" + text);
      return Parsed.good(text);
    } catch (java.util.regex.PatternSyntaxException e) {
      return Parsed.bad("'" + text + "' is a broken pattern: a bracket or brace is not closed");
    }
  }

  private static Parsed<String> expression(String text) {
    try {
      Pattern.compile(text.substring(EXPRESSION.length()));
      return Parsed.good(text);
    } catch (PatternSyntaxException e) {
      return Parsed.bad("'" + text + "' is no regular expression (RE2): " + e.getDescription());
    }
  }

  /** The pattern of a text that was found good. */
  public static NamePattern of(String text) {
    if (text.startsWith(EXPRESSION)) {
      Pattern expression = Pattern.compile(text.substring(EXPRESSION.length()), Pattern.DOTALL);
      return new NamePattern(text, name -> expression.matches(fileName(name).toString()));
    }
    PathMatcher glob = FileSystems.getDefault().getPathMatcher("glob:" + text);
    return new NamePattern(text, name -> glob.matches(fileName(name)));
  }

  private static Path fileName(FileName name) {
    return name.in(HERE).getFileName();
  }

  /** As it was written. */
  public String text() {
    return text;
  }

  /** Whether a file of that name is meant. */
  public boolean matches(FileName name) {
    return matcher.test(name);
  }
}
