package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Central;
import fr.epiconcept.navette.flux.config.CentralReader;
import fr.epiconcept.navette.flux.config.ConfigReader;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Settings;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.written.WrittenFlux;
import fr.epiconcept.navette.flux.written.WrittenFlux.What;
import fr.epiconcept.navette.flux.written.WrittenFluxes;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes the files of the fluxes out of one file that has them all. */
@Command(
    name = "split",
    mixinStandardHelpOptions = true,
    description = {
      "write flux.d/NAME.yml for each flux of one central file",
      "The central file may use anchors and '<<'. A second run changes nothing; a file that"
          + " somebody else wrote is never touched. docs/configuration.md has its format."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:refused, and nothing is written: files of others, or too few fluxes",
      "2:something is wrong in the central file, and nothing is written"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette split central.yml --into /etc/navette --dry-run --diff",
      "  navette split central.yml --into /etc/navette --host files1 --prune",
      "  navette split central.yml --into ./out",
      "  navette check --offline --config ./out"
    })
final class SplitCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @Mixin CommonOptions common;

  @Parameters(paramLabel = "FILE", description = "the central file")
  Path file;

  @Option(
      names = "--into",
      required = true,
      paramLabel = "DIR",
      description = "the folder of navette.yml, in whose flux.d the files are written")
  Path into;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "only fluxes whose 'hosts' name it, or that have none")
  String host;

  @Option(
      names = "--prune",
      description = "remove files that were written from this file, and whose flux it has no more")
  boolean prune;

  @Option(names = "--overwrite", description = "replace files that somebody else wrote, too")
  boolean overwrite;

  @Option(
      names = "--yes",
      description = "even if no flux is left, or more than half of those written before are gone")
  boolean yes;

  @Option(names = "--dry-run", description = "write nothing; say what would be done")
  boolean dryRun;

  @Option(names = "--diff", description = "say which settings of a changed flux differ")
  boolean diff;

  @Option(names = "--json", description = "as JSON; see docs/json.md")
  boolean json;

  @Override
  public Integer call() throws IOException {
    Central central = CentralReader.read(file);
    if (central.hasErrors()) {
      central.faults().forEach(spec.commandLine().getErr()::println);
      return ExitCode.USAGE.code();
    }
    SortedMap<FluxName, Central.Flux> wanted = wanted(central);
    WrittenFluxes fluxes = new WrittenFluxes(into.toAbsolutePath().normalize(), firstLine());
    List<WrittenFlux> plan = fluxes.plan(texts(wanted), prune, overwrite);
    guard(plan);
    Map<FluxName, List<Settings.Change>> changes = diff ? changes(plan, wanted) : Map.of();
    if (!dryRun) {
      for (WrittenFlux each : plan) {
        fluxes.apply(each);
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(LiveJson.mapper().writeValueAsString(asJson(plan)));
    } else {
      say(plan, changes, out);
    }
    return ExitCode.DONE.code();
  }

  /** The source's name alone: its folder differs from one machine to the next. */
  private String firstLine() {
    String name = FileName.of(file.toAbsolutePath().normalize()).display();
    return "# Written by navette split from " + name + ": change it there, not here.";
  }

  private SortedMap<FluxName, Central.Flux> wanted(Central central) {
    SortedMap<FluxName, Central.Flux> wanted = new TreeMap<>();
    for (Central.Flux flux : central.fluxes()) {
      if (host == null || flux.isFor(host)) {
        wanted.put(flux.name(), flux);
      }
    }
    return wanted;
  }

  private static SortedMap<FluxName, String> texts(SortedMap<FluxName, Central.Flux> wanted) {
    SortedMap<FluxName, String> texts = new TreeMap<>();
    wanted.forEach((name, flux) -> texts.put(name, flux.text()));
    return texts;
  }

  // --- refusing ---

  /** An empty or half-empty source is a slip more often than a wish. */
  private void guard(List<WrittenFlux> plan) {
    List<WrittenFlux> foreign = plan.stream().filter(its -> its.what() == What.FOREIGN).toList();
    if (!foreign.isEmpty()) {
      throw new CommandFailed(
          ExitCode.FAILED,
          foreign.get(0).file()
              + " was not written from "
              + file.getFileName()
              + (foreign.size() > 1 ? ", nor were " + (foreign.size() - 1) + " more" : "")
              + ": move it away, or take it over with --overwrite; nothing is written");
    }
    if (yes) {
      return;
    }
    long gone = plan.stream().filter(SplitCommand::isGone).count();
    long before = plan.stream().filter(its -> its.what() != What.CREATED).count();
    if (gone == plan.size()) {
      throw refused(
          "no flux of " + file.getFileName() + " is for " + (host == null ? "any host" : host));
    }
    if (gone * 2 > before) {
      throw refused(
          gone + " of " + before + " fluxes are not in " + file.getFileName() + " any more");
    }
  }

  private static boolean isGone(WrittenFlux planned) {
    return planned.what() == What.LEFT || planned.what() == What.REMOVED;
  }

  private static CommandFailed refused(String what) {
    return new CommandFailed(
        ExitCode.FAILED, what + ": nothing is written; say --yes if that is meant");
  }

  // --- telling ---

  private static Map<FluxName, List<Settings.Change>> changes(
      List<WrittenFlux> plan, Map<FluxName, Central.Flux> wanted) {
    Map<FluxName, List<Settings.Change>> changes = new TreeMap<>();
    for (WrittenFlux each : plan) {
      if (each.what() == What.CHANGED) {
        Optional<FluxConfig> old = ConfigReader.fluxFile(each.flux(), each.file());
        old.ifPresent(
            was -> changes.put(each.flux(), changes(was, wanted.get(each.flux()).config())));
      }
    }
    return changes;
  }

  private static List<Settings.Change> changes(FluxConfig was, FluxConfig is) {
    Set<Settings.Change> all = new TreeSet<>(java.util.Comparator.comparing(Settings.Change::key));
    for (Side side : Side.values()) {
      all.addAll(Settings.changes(Settings.of(was, side), Settings.of(is, side)));
    }
    return List.copyOf(all);
  }

  private Map<String, Object> asJson(List<WrittenFlux> plan) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("dryRun", dryRun);
    all.put("changed", plan.stream().anyMatch(each -> each.what().isChange()));
    all.put("files", plan.stream().map(SplitCommand::asJson).toList());
    return all;
  }

  private static Map<String, Object> asJson(WrittenFlux planned) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("flux", planned.flux());
    members.put("file", planned.file().toString());
    members.put("what", planned.what());
    return members;
  }

  private void say(
      List<WrittenFlux> plan, Map<FluxName, List<Settings.Change>> changes, PrintWriter out) {
    for (WrittenFlux each : plan) {
      if (each.what() != What.UNCHANGED) {
        out.println(each.file() + " " + word(each));
        changes.getOrDefault(each.flux(), List.of()).forEach(its -> out.println("    " + its));
      }
    }
    StringBuilder sum = new StringBuilder();
    for (What what : What.values()) {
      long count = plan.stream().filter(each -> each.what() == what).count();
      if (what != What.FOREIGN && (count > 0 || what == What.UNCHANGED)) {
        sum.append(sum.isEmpty() ? "" : ", ").append(count).append(' ').append(lower(what));
      }
    }
    out.println(sum + (dryRun ? " (dry run: nothing is written)" : ""));
  }

  private static String word(WrittenFlux planned) {
    return planned.what() == What.LEFT
        ? "left: its flux is not in the central file any more (--prune removes it)"
        : lower(planned.what());
  }

  private static String lower(What what) {
    return what.name().toLowerCase(Locale.ROOT);
  }
}
