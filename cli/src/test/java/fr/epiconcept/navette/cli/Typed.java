package fr.epiconcept.navette.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is typed at a shell, as far as it takes to find the commands of Navette in it. */
record Typed(int line, String text) {
  private static final Pattern HERE = Pattern.compile("<<-?\\s*(['\"]?)(\\w+)\\1");
  private static final Pattern TOKEN =
      Pattern.compile("'([^']*)'|\"((?:[^\"\\\\]|\\\\.)*)\"|([;&|()<>\\n]+)|([^\\s;&|()<>'\"]+)");

  /** After these a command begins, as at the beginning and after an operator. */
  private static final Set<String> BEFORE_A_COMMAND =
      Set.of("--", "!", "do", "then", "else", "until", "while", "if", "time", "sudo", "exec");

  /**
   * The commands of a block, by the convention of the documents: lines behind {@code "# "}, what
   * they go on with behind a backslash, and here-documents. All else is what they print.
   */
  static List<Typed> in(Markdown.Block block) {
    List<Typed> commands = new ArrayList<>();
    List<String> lines = block.lines();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).startsWith("# ")) {
        continue;
      }
      int first = block.line() + 1 + i;
      StringBuilder command = new StringBuilder(lines.get(i).substring(2));
      while (command.toString().endsWith("\\") && i + 1 < lines.size()) {
        command.setLength(command.length() - 1);
        command.append(lines.get(++i));
      }
      Matcher here = HERE.matcher(command);
      if (here.find()) {
        String end = here.group(2);
        int at = i + 1;
        while (at < lines.size() && !lines.get(at).equals(end)) {
          at++;
        }
        if (at == lines.size()) {
          throw new IllegalStateException("line " + first + ": a here-document without " + end);
        }
        i = at;
      }
      commands.add(new Typed(first, command.toString()));
    }
    return commands;
  }

  private record Token(String text, boolean operator) {}

  /** The words behind each {@code navette} that would be run, those in a quoted script too. */
  List<List<String>> navette() {
    List<List<String>> calls = new ArrayList<>();
    List<Token> tokens = tokens(text);
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (token.text().contains(" ") && token.text().contains("navette ")) {
        calls.addAll(new Typed(line, token.text()).navette());
      }
      boolean begins =
          i == 0
              || tokens.get(i - 1).operator()
              || BEFORE_A_COMMAND.contains(tokens.get(i - 1).text());
      if (begins && token.text().matches("(/usr/bin/)?navette")) {
        List<String> words = new ArrayList<>();
        while (i + 1 < tokens.size() && !tokens.get(i + 1).operator()) {
          words.add(tokens.get(++i).text());
        }
        calls.add(words);
      }
    }
    return calls;
  }

  private static List<Token> tokens(String text) {
    List<Token> tokens = new ArrayList<>();
    Matcher each = TOKEN.matcher(text);
    int end = -1;
    while (each.find()) {
      boolean operator = each.group(3) != null;
      String word = operator ? each.group(3) : word(each);
      Token last = tokens.isEmpty() ? null : tokens.get(tokens.size() - 1);
      if (operator && word.matches("[<>&]+") && last != null && last.text().matches("\\d")) {
        tokens.remove(tokens.size() - 1); // the 2 of 2>
      }
      if (last != null && !operator && !last.operator() && each.start() == end) {
        tokens.set(tokens.size() - 1, new Token(last.text() + word, false)); // one word: a'b'
      } else {
        tokens.add(new Token(word, operator));
      }
      end = each.end();
    }
    return tokens;
  }

  private static String word(Matcher token) {
    for (int group : new int[] {1, 2, 4}) {
      if (token.group(group) != null) {
        return token.group(group);
      }
    }
    throw new IllegalStateException(token.group());
  }
}
