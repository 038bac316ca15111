package fr.epiconcept.navette.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As much of a page in Markdown as our documents use.
 *
 * @param prose the page without its fenced blocks, its lines where they were
 */
record Markdown(Path file, List<Block> blocks, List<Heading> headings, String prose) {
  private static final Pattern FENCE = Pattern.compile("```(\\S.*)?");
  private static final Pattern HEADING = Pattern.compile("(#{1,6}) (.+)");
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** A fenced block: {@code info} is what stands behind its fence, {@code line} that of it. */
  record Block(int line, String info, List<String> lines) {
    boolean isTyped() {
      return info.matches("(" + HOSTS + ")( .*)?");
    }

    boolean isFile() {
      return info.matches("\\w+ (" + HOSTS + "):.*");
    }
  }

  /** The machines on which commands of a document are typed. */
  static final String HOSTS = "files1|front1|ci";

  record Heading(int level, String text) {}

  record At(int line, String text) {}

  static Markdown read(Path file) throws IOException {
    List<Block> blocks = new ArrayList<>();
    List<Heading> headings = new ArrayList<>();
    StringBuilder prose = new StringBuilder();
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      Matcher fence = FENCE.matcher(lines.get(i));
      if (fence.matches()) {
        int end = i + 1;
        while (end < lines.size() && !lines.get(end).equals("```")) {
          end++;
        }
        if (end == lines.size()) {
          throw new IllegalStateException(file + ":" + (i + 1) + ": a block without an end");
        }
        String info = fence.group(1) == null ? "" : fence.group(1);
        blocks.add(new Block(i + 1, info, lines.subList(i + 1, end)));
        prose.append("\n".repeat(end - i + 1));
        i = end;
        continue;
      }
      Matcher heading = HEADING.matcher(lines.get(i));
      if (heading.matches()) {
        headings.add(new Heading(heading.group(1).length(), heading.group(2)));
      }
      prose.append(lines.get(i)).append('\n');
    }
    return new Markdown(file, blocks, headings, prose.toString());
  }

  /** What is typed, and what is written to files: the part that a machine can follow. */
  List<Block> forMachines() {
    return blocks.stream().filter(each -> each.isTyped() || each.isFile()).toList();
  }

  List<At> links() {
    return found(LINK, CODE.matcher(prose).replaceAll(code -> "x".repeat(code.group().length())));
  }

  /** Code within the lines of the text. */
  List<At> code() {
    return found(CODE, prose);
  }

  private static List<At> found(Pattern pattern, String text) {
    List<At> all = new ArrayList<>();
    for (MatchResult each : pattern.matcher(text).results().toList()) {
      int line = 1 + (int) text.substring(0, each.start()).chars().filter(c -> c == '\n').count();
      all.add(new At(line, each.group(1)));
    }
    return all;
  }

  /** The anchors that a reader on the web finds, one for each heading. */
  Set<String> anchors() {
    Set<String> anchors = new HashSet<>();
    Map<String, Integer> seen = new HashMap<>();
    for (Heading heading : headings) {
      String slug =
          heading
              .text()
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N} _-]", "")
              .replace(' ', '-');
      int before = seen.merge(slug, 1, Integer::sum) - 1;
      anchors.add(before == 0 ? slug : slug + "-" + before);
    }
    return anchors;
  }
}
