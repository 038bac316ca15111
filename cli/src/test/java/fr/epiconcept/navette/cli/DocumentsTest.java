package fr.epiconcept.navette.cli;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.cli.Markdown.At;
import fr.epiconcept.navette.cli.Markdown.Block;
import fr.epiconcept.navette.cli.Markdown.Heading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * The form of the documents that operators follow: both languages show the same, links lead
 * somewhere, and no command is named that there is not. That the commands do what the page says is
 * for the test that runs them on two installed servers.
 */
class DocumentsTest {
  private static final Path ROOT = Path.of("..");
  private static final Path DOCS = ROOT.resolve("docs");

  /** In French and in English. */
  private static final List<String> PAGES =
      List.of("installation", "exploitation", "reprise", "technique", "migration", "volume");

  private static final Pattern INFO =
      Pattern.compile(
          "(HOSTS)( exit=[1-9]\\d{0,2})?|[a-z]+ (HOSTS):/[\\w./@-]+|[a-z]+"
              .replace("HOSTS", Markdown.HOSTS));

  /** What the launcher answers without Java. */
  private static final String OF_THE_LAUNCHER = "archive-classes";

  static Stream<String> pages() {
    return PAGES.stream().filter(each -> Files.exists(french(each)) || Files.exists(english(each)));
  }

  private static Path french(String page) {
    return DOCS.resolve(page + ".md");
  }

  private static Path english(String page) {
    return DOCS.resolve("en").resolve(page + ".md");
  }

  // --- both languages ---

  @ParameterizedTest
  @MethodSource("pages")
  void bothLanguagesShowTheSameCommandsAndFilesInTheSameOrder(String page) throws IOException {
    List<String> french = shown(french(page));
    List<String> english = shown(english(page));
    for (int i = 0; i < Math.min(french.size(), english.size()); i++) {
      assertEquals(french.get(i), english.get(i), page + ": block " + (i + 1));
    }
    assertEquals(french.size(), english.size(), page + ": blocks with a host");
  }

  private static List<String> shown(Path page) throws IOException {
    return Markdown.read(page).forMachines().stream()
        .map(each -> each.info() + "\n" + String.join("\n", each.lines()))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void bothLanguagesHaveTheSameSections(String page) throws IOException {
    assertEquals(levels(french(page)), levels(english(page)), page);
  }

  private static Map<Integer, Long> levels(Path page) throws IOException {
    return Markdown.read(page).headings().stream()
        .collect(groupingBy(Heading::level, TreeMap::new, counting()));
  }

  // --- links ---

  @Test
  void everyLinkLeadsToAFileAndToAHeadingInIt() throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path page : everyPage()) {
      for (At link : Markdown.read(page).links()) {
        why(page, link.text()).ifPresent(why -> dead.add(page + ":" + link.line() + ": " + why));
      }
    }
    assertEquals(List.of(), dead);
  }

  private static List<Path> everyPage() throws IOException {
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> docs = Files.walk(DOCS)) {
      return Stream.concat(top, docs)
          .filter(each -> each.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  private static Optional<String> why(Path page, String link) throws IOException {
    if (link.matches("[a-z]+:.*")) {
      return Optional.empty();
    }
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    Path target = path.isEmpty() ? page : page.resolveSibling(path).normalize();
    if (!Files.exists(target)) {
      return isToCome(target) ? Optional.empty() : said(link, "no such file");
    }
    boolean leads = hash < 0 || Markdown.read(target).anchors().contains(link.substring(hash + 1));
    return leads ? Optional.empty() : said(link, "no such heading");
  }

  private static Optional<String> said(String link, String what) {
    return Optional.of(link + ": " + what);
  }

  /** A page that is written in neither language yet may be named by those that are. */
  private static boolean isToCome(Path target) {
    return PAGES.stream()
        .filter(each -> !Files.exists(french(each)) && !Files.exists(english(each)))
        .anyMatch(each -> target.endsWith(each + ".md"));
  }

  // --- what is told of the package ---

  /** Those of the technical page, by the jars that are packaged. */
  private static final List<String> LIBRARIES =
      List.of(
          "artemis-server",
          "netty-common",
          "bcprov-jdk18on",
          "sshj",
          "jna",
          "jackson-core",
          "snakeyaml",
          "re2j",
          "picocli",
          "logback-core",
          "slf4j-api",
          "SDNotify");

  @Test
  void theTechnicalPageNamesTheVersionsThatArePackaged() throws IOException {
    List<String> jars;
    try (Stream<Path> lib = Files.list(Path.of(System.getProperty("navette.dist"), "lib"))) {
      jars = lib.map(each -> each.getFileName().toString()).toList();
    }
    for (String library : LIBRARIES) {
      Pattern named = Pattern.compile(Pattern.quote(library) + "-(\\d+(\\.\\d+)+).*\\.jar");
      String version =
          jars.stream()
              .map(named::matcher)
              .filter(Matcher::matches)
              .map(jar -> jar.group(1))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no " + library + " is packaged"));
      for (Path page : List.of(french("technique"), english("technique"))) {
        Pattern cell = Pattern.compile("[|,] " + Pattern.quote(version) + "[ ,]");
        String prose = Markdown.read(page).prose();
        assertTrue(cell.matcher(prose).find(), page + " does not name " + library + " " + version);
      }
    }
  }

  // --- blocks ---

  @ParameterizedTest
  @MethodSource("pages")
  void everyBlockSaysWhatItIs(String page) throws IOException {
    for (Path each : List.of(french(page), english(page))) {
      for (Block block : Markdown.read(each).blocks()) {
        String where = each + ":" + block.line() + ": '" + block.info() + "'";
        assertTrue(INFO.matcher(block.info()).matches(), where);
        assertTrue(!block.isTyped() || block.lines().get(0).startsWith("# "), where);
        assertTrue(!block.isFile() || !block.lines().isEmpty(), where);
      }
    }
  }

  // --- commands ---

  @ParameterizedTest
  @MethodSource("pages")
  void everyCommandThatIsTypedIsUnderstood(String page) throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Block block : Markdown.read(french(page)).forMachines()) {
      for (Typed typed : block.isTyped() ? Typed.in(block) : List.<Typed>of()) {
        for (List<String> words : typed.navette()) {
          misunderstood(words).ifPresent(why -> wrong.add(typed.line() + ": " + why));
        }
      }
    }
    assertEquals(List.of(), wrong, page);
  }

  private static Optional<String> misunderstood(List<String> words) {
    if (words.equals(List.of(OF_THE_LAUNCHER))) {
      return Optional.empty();
    }
    try {
      Main.wholeCommandLine().parseArgs(words.toArray(String[]::new));
      return Optional.empty();
    } catch (ParameterException e) {
      return Optional.of(words + ": " + e.getMessage());
    }
  }

  /** In the text a command may be cut short, so only what it names is looked up. */
  @ParameterizedTest
  @MethodSource("pages")
  void everyCommandThatTheTextNamesIsThere(String page) throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path each : List.of(french(page), english(page))) {
      for (At code : Markdown.read(each).code()) {
        if (code.text().startsWith("navette ")) {
          unknown(code.text()).ifPresent(what -> wrong.add(each + ":" + code.line() + what));
        }
      }
    }
    assertEquals(List.of(), wrong);
  }

  private static Optional<String> unknown(String text) {
    CommandLine at = Main.wholeCommandLine();
    for (String word : List.of(text.split("\\s+")).subList(1, text.split("\\s+").length)) {
      boolean below = !at.getSubcommands().isEmpty();
      if (word.startsWith("--")) {
        String option = word.replaceFirst("[=,].*", "");
        if (!at.getCommandSpec().optionsMap().containsKey(option)) {
          return Optional.of(": " + text + ": no option " + option);
        }
      } else if (below && word.matches("[a-z-]+") && !word.equals(OF_THE_LAUNCHER)) {
        if (!at.getSubcommands().containsKey(word)) {
          return Optional.of(": " + text + ": no command " + word);
        }
        at = at.getSubcommands().get(word);
      }
    }
    return Optional.empty();
  }
}
