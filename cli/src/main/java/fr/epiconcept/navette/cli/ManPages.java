package fr.epiconcept.navette.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The manual page of each command, out of what its help says: called by the build, which packs
 * them.
 *
 * <p>picocli's own generator writes AsciiDoc, to which braces, stars and aligned examples of ours
 * mean something else, and which needs a JRuby to become a page.
 */
final class ManPages {
  /** Explained in the page of the command that has them. */
  private static final String TOP = "navette";

  private final String version;
  private final String day;

  private ManPages(String version, Instant when) {
    this.version = version;
    this.day =
        DateTimeFormatter.ISO_LOCAL_DATE
            .withLocale(Locale.ROOT)
            .format(when.atOffset(ZoneOffset.UTC));
  }

  /**
   * Writes all pages.
   *
   * @param args a folder, which is made; the version that the pages name; the time of the build in
   *     ISO 8601
   */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    ManPages pages = new ManPages(args[1], Instant.parse(args[2]));
    for (Map.Entry<String, String> page : pages.all(Main.wholeCommandLine()).entrySet()) {
      Files.writeString(folder.resolve(page.getKey()), page.getValue());
    }
  }

  /** Each page by the name of its file. */
  static Map<String, String> of(CommandLine whole, String version, Instant when) {
    return new ManPages(version, when).all(whole);
  }

  private Map<String, String> all(CommandLine whole) {
    Map<String, String> pages = new LinkedHashMap<>();
    pages.put(TOP + ".1", page(TOP, List.of(whole), others(whole.getSubcommands().keySet())));
    whole
        .getSubcommands()
        .forEach(
            (name, command) -> {
              String title = TOP + "-" + name;
              List<CommandLine> parts = new ArrayList<>(List.of(command));
              parts.addAll(command.getSubcommands().values());
              pages.put(title + ".1", page(title, parts, List.of(TOP)));
            });
    return pages;
  }

  private static List<String> others(Collection<String> commands) {
    return commands.stream().map(name -> TOP + "-" + name).toList();
  }

  private String page(String title, List<CommandLine> parts, List<String> seeAlso) {
    StringBuilder page = new StringBuilder();
    CommandSpec first = parts.get(0).getCommandSpec();
    page.append(".TH ").append(text(title.toUpperCase(Locale.ROOT))).append(" 1 ").append(day);
    page.append(" \"navette ").append(text(version)).append("\" \"Navette\"\n");
    page.append(".nh\n.ad l\n.SH NAME\n");
    page.append(text(title)).append(" \\- ").append(text(oneLine(first))).append('\n');
    page.append(".SH SYNOPSIS\n");
    parts.forEach(part -> synopsis(page, part));
    page.append(".SH DESCRIPTION\n");
    paragraphs(page, first.usageMessage().description());
    options(page, first, ".SH OPTIONS\n");
    parts.stream().skip(1).forEach(part -> subcommand(page, part.getCommandSpec()));
    exitCodes(page, first);
    examples(page, parts);
    page.append(".SH SEE ALSO\n");
    page.append(
        seeAlso.stream()
            .map(name -> ".BR " + text(name) + " (1)")
            .collect(Collectors.joining(",\n")));
    page.append("\n.PP\nThe documents in /usr/share/doc/navette.\n");
    return page.toString();
  }

  private static String oneLine(CommandSpec spec) {
    String[] description = spec.usageMessage().description();
    String line = description.length == 0 ? spec.name() : plain(description[0]);
    return line.lines().findFirst().orElse("").replaceAll("[.:;]$", "");
  }

  private static void synopsis(StringBuilder page, CommandLine command) {
    String synopsis = command.getHelp().synopsis(0).replaceAll("\\s+", " ").strip();
    page.append(".PP\n").append(text(synopsis)).append('\n');
  }

  private static void paragraphs(StringBuilder page, String... lines) {
    for (String line : lines) {
      page.append(".PP\n");
      plain(line).lines().forEach(each -> page.append(text(each)).append('\n'));
    }
  }

  private static void options(StringBuilder page, CommandSpec spec, String heading) {
    List<PositionalParamSpec> parameters =
        spec.positionalParameters().stream().filter(each -> !each.hidden()).toList();
    List<OptionSpec> options = spec.options().stream().filter(each -> !each.hidden()).toList();
    if (!parameters.isEmpty() || !options.isEmpty()) {
      page.append(heading);
    }
    parameters.forEach(each -> item(page, text(each.paramLabel()), each.description()));
    options.forEach(each -> item(page, names(each), each.description()));
  }

  private static String names(OptionSpec option) {
    String names =
        Stream.of(option.names())
            .map(name -> "\\fB" + text(name) + "\\fR")
            .collect(Collectors.joining(", "));
    String label = option.arity().max() > 0 ? text(option.paramLabel()) : "";
    return label.isEmpty() ? names : names + " \\fI" + label + "\\fR";
  }

  private static void item(StringBuilder page, String term, String... description) {
    page.append(".TP\n").append(term).append('\n');
    for (String line : description) {
      plain(line).lines().forEach(each -> page.append(text(each.strip())).append('\n'));
    }
  }

  private static void subcommand(StringBuilder page, CommandSpec spec) {
    page.append(".SH \"")
        .append(text(spec.qualifiedName().toUpperCase(Locale.ROOT)))
        .append("\"\n");
    paragraphs(page, spec.usageMessage().description());
    options(page, spec, "");
  }

  private static void exitCodes(StringBuilder page, CommandSpec spec) {
    Map<String, String> codes = spec.usageMessage().exitCodeList();
    if (!codes.isEmpty()) {
      page.append(".SH \"EXIT STATUS\"\n");
      codes.forEach((code, meaning) -> item(page, text(code), meaning));
    }
  }

  /** Their columns are aligned: they stay as they are. */
  private static void examples(StringBuilder page, List<CommandLine> parts) {
    List<String> lines =
        parts.stream()
            .flatMap(part -> Stream.of(part.getCommandSpec().usageMessage().footer()))
            .flatMap(line -> plain(line).lines())
            .toList();
    if (!lines.isEmpty()) {
      page.append(".SH EXAMPLES\n.nf\n");
      lines.forEach(line -> page.append(text(line)).append('\n'));
      page.append(".fi\n");
    }
  }

  /** Without picocli's own marks. */
  private static String plain(String line) {
    return Ansi.OFF.string(line.replace("%%", "%").replace("%n", "\n"));
  }

  /** As it stands: a dash that can be copied, and nothing that roff would take for itself. */
  private static String text(String plain) {
    String escaped = plain.replace("\\", "\\e").replace("-", "\\-");
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }
}
