package fr.epiconcept.navette.installed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a page of {@code docs} has its reader do: commands to type, and files to write.
 *
 * <p>A fenced block whose first word is a host is typed there by root: {@code # command}, on the
 * lines after it what it says. A block such as {@code yaml files1:/etc/navette/navette.yml} is a
 * file. All others are for reading.
 */
record Document(Path page, List<Step> steps) {
  static final Set<String> HOSTS = Set.of("files1", "front1", "ci");

  private static final Pattern FENCE = Pattern.compile("^( {0,3})(```+|~~~+)\\s*(.*?)\\s*$");
  private static final Pattern FILE = Pattern.compile("^\\S+ +(\\w+):(/\\S+)$");
  private static final Pattern CONSOLE = Pattern.compile("^(\\w+)(?: +exit=(\\d+))?$");
  private static final Pattern HERE = Pattern.compile("<<(-?)\\s*(['\"]?)(\\w+)\\2");
  private static final String PROMPT = "# ";

  /** What a reader does, and where the page says so. */
  sealed interface Step {
    String host();

    int line();
  }

  /**
   * @param expected lines of its output; none: whatever it says is right
   * @param exit its exit code
   */
  record Typed(String host, int line, String command, List<String> expected, int exit)
      implements Step {}

  record Written(String host, int line, String path, String content) implements Step {}

  static Document read(Path page) throws IOException {
    return of(page, Files.readAllLines(page));
  }

  static Document of(Path page, List<String> lines) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      Matcher fence = FENCE.matcher(lines.get(i));
      if (!fence.matches()) {
        continue;
      }
      int end = i + 1;
      while (end < lines.size() && !closes(lines.get(end), fence.group(2))) {
        end++;
      }
      if (end == lines.size()) {
        throw new IllegalArgumentException(page + ":" + (i + 1) + ": this block has no end");
      }
      // An indented block, as in a list, has its lines indented likewise
      String indent = fence.group(1);
      List<String> block =
          lines.subList(i + 1, end).stream()
              .map(line -> line.startsWith(indent) ? line.substring(indent.length()) : line)
              .toList();
      steps.addAll(steps(page, fence.group(3), i + 1, block));
      i = end;
    }
    return new Document(page, List.copyOf(steps));
  }

  private static boolean closes(String line, String fence) {
    String bare = line.strip();
    return bare.startsWith(fence) && bare.replace(fence.substring(0, 1), "").isEmpty();
  }

  /**
   * @param at the number of the line that begins the block
   */
  private static List<? extends Step> steps(Path page, String info, int at, List<String> block) {
    Matcher file = FILE.matcher(info);
    if (file.matches() && HOSTS.contains(file.group(1))) {
      String content = String.join("\n", block) + "\n";
      return List.of(new Written(file.group(1), at, file.group(2), content));
    }
    Matcher console = CONSOLE.matcher(info);
    if (console.matches() && HOSTS.contains(console.group(1))) {
      int exit = console.group(2) == null ? 0 : Integer.parseInt(console.group(2));
      return typed(page, console.group(1), exit, at, block);
    }
    if (HOSTS.contains(info.split(" ", 2)[0])) {
      throw new IllegalArgumentException(
          page
              + ":"
              + at
              + ": '"
              + info
              + "': expected 'HOST', 'HOST exit=N' or 'LANGUAGE HOST:/PATH'");
    }
    return List.of();
  }

  private static List<Typed> typed(Path page, String host, int exit, int at, List<String> block) {
    List<Typed> commands = new ArrayList<>();
    int i = 0;
    while (i < block.size()) {
      int line = at + 1 + i;
      if (!block.get(i).startsWith(PROMPT)) {
        throw new IllegalArgumentException(
            page + ":" + line + ": output of which command? One begins with '# '");
      }
      int end = endOfCommand(block, i);
      String command = String.join("\n", block.subList(i, end)).substring(PROMPT.length());
      i = end;
      List<String> expected = new ArrayList<>();
      while (i < block.size() && !block.get(i).startsWith(PROMPT)) {
        expected.add(block.get(i++));
      }
      int code = i == block.size() ? exit : 0;
      commands.add(new Typed(host, line, command, withoutEmptyEnd(expected), code));
    }
    return commands;
  }

  /** Behind the line that ends the command which begins at {@code i}. */
  private static int endOfCommand(List<String> block, int i) {
    int end = i;
    while (block.get(end).endsWith("\\") && end + 1 < block.size()) {
      end++;
    }
    end++;
    Matcher here = HERE.matcher(String.join("\n", block.subList(i, end)));
    if (here.find()) {
      while (end < block.size() && !isWord(block.get(end), here)) {
        end++;
      }
      end = Math.min(end + 1, block.size());
    }
    return end;
  }

  private static boolean isWord(String line, Matcher here) {
    String bare = here.group(1).isEmpty() ? line : line.stripLeading();
    return bare.equals(here.group(3));
  }

  static List<String> withoutEmptyEnd(List<String> lines) {
    int end = lines.size();
    while (end > 0 && lines.get(end - 1).isBlank()) {
      end--;
    }
    return List.copyOf(lines.subList(0, end));
  }
}
