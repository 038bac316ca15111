package fr.epiconcept.navette.flux.adopt;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command of a shell as the words that the shell would have made of it; only where no shell is
 * needed to know them.
 *
 * @param words with {@link #FILE} where the name of the file stands; empty: a shell is needed
 * @param reason why a shell is needed; empty: none is
 * @param variables those that it uses, by their full names
 */
record ShellWords(List<String> words, String reason, Set<String> variables) {
  /** Stands for the bare name of the file in a word. */
  static final String FILE = "\uE000";

  private static final int DEEP = 8;
  private static final Pattern VARIABLE =
      Pattern.compile("\\$(?:([A-Za-z_][A-Za-z0-9_]*)|\\{([A-Za-z_][A-Za-z0-9_]*)\\})");
  private static final Pattern BRACES = Pattern.compile("\\{[A-Za-z][A-Za-z0-9_-]*\\}");
  private static final Pattern ASSIGNMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*=.*");
  private static final String META = "|&;<>()`*?[]~#!\n";
  private static final Set<String> BUILT_IN =
      Set.of(
          ".", "[", "[[", "{", "case", "cd", "eval", "exec", "exit", "export", "for", "if", "read",
          "set", "source", "test", "trap", "umask", "until", "while");

  /** What is thrown within this class alone. */
  private static final class NeedsShell extends Exception {
    private static final long serialVersionUID = 1;

    NeedsShell(String reason) {
      super(reason, null, false, false);
    }
  }

  /**
   * The words of {@code command}.
   *
   * @param values of the variables that the command may use, by their full names
   */
  static ShellWords of(String command, Map<String, String> values) {
    // The old daemon made this of a line's end, before it read anything.
    String text = command.strip().replaceAll("(;\\s*)+$", "").strip();
    Set<String> used = used(text, values);
    try {
      List<String> words = split(text, values);
      if (words.isEmpty()) {
        throw new NeedsShell("it is empty");
      }
      if (BUILT_IN.contains(words.get(0)) || ASSIGNMENT.matcher(words.get(0)).matches()) {
        throw new NeedsShell("'" + words.get(0) + "' is the shell's own");
      }
      return new ShellWords(words, "", used);
    } catch (NeedsShell e) {
      return new ShellWords(List.of(), e.getMessage(), used);
    }
  }

  boolean needsShell() {
    return !reason.isEmpty();
  }

  private static Set<String> used(String text, Map<String, String> values) {
    Set<String> used = new TreeSet<>();
    Matcher variable = VARIABLE.matcher(text);
    while (variable.find()) {
      String name = variable.group(1) == null ? variable.group(2) : variable.group(1);
      if (values.containsKey(name)) {
        used.add(name);
      }
    }
    return used;
  }

  /** {@code text} with the values of its variables, as far as they are known. */
  static String expanded(String text, Map<String, String> values) {
    String now = text;
    for (int i = 0; i < DEEP; i++) {
      Matcher variable = VARIABLE.matcher(now);
      String next =
          variable.replaceAll(
              found -> {
                String name = found.group(1) == null ? found.group(2) : found.group(1);
                return Matcher.quoteReplacement(values.getOrDefault(name, found.group()));
              });
      if (next.equals(now) || next.length() > 10_000) {
        return next.length() > 10_000 ? text : next;
      }
      now = next;
    }
    return now;
  }

  private static List<String> split(String text, Map<String, String> values) throws NeedsShell {
    List<String> words = new ArrayList<>();
    StringBuilder word = null;
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean blank = quote == 0 && (c == ' ' || c == '\t');
      if (blank) {
        add(word, words);
        word = null;
        continue;
      }
      word = word == null ? new StringBuilder() : word;
      if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      } else if (c == '$' && quote != '\'') {
        i += variable(text, i, quote != 0, values, word) - 1;
      } else if (c == '\\' && quote != '\'') {
        i++;
        if (i == text.length()) {
          throw new NeedsShell("a backslash ends it");
        }
        boolean kept = quote == '"' && "\"\\$`".indexOf(text.charAt(i)) < 0;
        word.append(kept ? "\\" : "").append(text.charAt(i));
      } else if ((quote == '"' && c == '`') || (quote == 0 && META.indexOf(c) >= 0)) {
        throw new NeedsShell(
            c == '\n' ? "it has several lines" : "it uses the shell's '" + c + "'");
      } else {
        word.append(c);
      }
    }
    if (quote != 0) {
      throw new NeedsShell("a quote is never closed");
    }
    add(word, words);
    return words;
  }

  private static void add(StringBuilder word, List<String> words) throws NeedsShell {
    if (word == null) {
      return;
    }
    if (BRACES.matcher(word).find()) {
      throw new NeedsShell("it holds a word in braces, which means something else now");
    }
    words.add(word.toString());
  }

  /** Appends the value of the variable at {@code from}; answers how long its name is. */
  private static int variable(
      String text, int from, boolean quoted, Map<String, String> values, StringBuilder word)
      throws NeedsShell {
    Matcher variable = VARIABLE.matcher(text);
    variable.region(from, text.length());
    if (!variable.lookingAt()) {
      throw new NeedsShell("it uses the shell's '$'");
    }
    String name = variable.group(1) == null ? variable.group(2) : variable.group(1);
    String value = values.get(name);
    if (value == null) {
      throw new NeedsShell("nothing says what $" + name + " is");
    }
    if (value.contains("$") || value.contains("`")) {
      throw new NeedsShell("the value of $" + name + " is an expression of the shell");
    }
    if (!quoted && value.chars().anyMatch(c -> " \t\n*?[".indexOf(c) >= 0)) {
      throw new NeedsShell("$" + name + " stands for several words");
    }
    word.append(value);
    return variable.end() - from;
  }
}
