package fr.epiconcept.navette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import fr.epiconcept.navette.flux.config.ConfigCheck;
import fr.epiconcept.navette.flux.config.ConfigReader;
import fr.epiconcept.navette.flux.config.Configuration;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.Fault;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Settings;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.live.LiveClient;
import fr.epiconcept.navette.flux.live.LiveClient.Answer.Nobody;
import fr.epiconcept.navette.flux.live.LiveClient.Answer.Refused;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.live.Question;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what is wrong in the configuration, before a daemon does. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "validate the configuration: every fault with file and line",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:nothing is wrong, or warnings only", "2:something is"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  sudo -u navette navette check      as the user that the daemons run as",
      "  navette check --config ./new --offline    anywhere, with nothing but the files",
      "  navette check --diff               and what a reload would do now; then:",
      "  systemctl reload navette-ingest    (or kill -HUP) takes it up"
    })
final class CheckCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @Mixin CommonOptions common;

  @Option(
      names = "--offline",
      description = "read the files only; try no folder, program or user of this machine")
  boolean offline;

  @Option(
      names = "--diff",
      description = "ask the running daemons, and say flux by flux what a reload would do")
  boolean diff;

  @Option(names = "--json", description = "as JSON; see docs/json.md")
  boolean json;

  @Override
  public Integer call() throws IOException {
    Configuration configuration = ConfigReader.read(common.config());
    if (!offline) {
      configuration = configuration.plus(ConfigCheck.check(configuration, configuration.sides()));
      configuration = configuration.plus(SharedFluxes.warnings(configuration));
    }
    configuration = configuration.plus(idle(configuration));
    List<Diff> diffs = new ArrayList<>();
    if (diff) {
      for (Side side : configuration.sides()) {
        diffs.add(Diff.of(configuration, side, ask(configuration, side)));
      }
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(LiveJson.mapper().writeValueAsString(asJson(configuration, diffs)));
    } else {
      say(configuration, diffs, out);
      if (diff && diffs.isEmpty()) {
        out.println(
            "a reload would change nothing at all: no daemon could run by "
                + configuration.mainFile());
      }
    }
    return (configuration.hasErrors() ? ExitCode.USAGE : ExitCode.DONE).code();
  }

  /** What is written well, and of no use on the machine that navette.yml describes. */
  private static List<Fault> idle(Configuration configuration) {
    List<Fault> idle = new ArrayList<>();
    Set<Side> sides = configuration.sides();
    if (!configuration.hasErrors() && configuration.fluxes().isEmpty()) {
      Path folder = configuration.folder().resolve(Configuration.FLUX_FOLDER);
      idle.add(warning(folder, "there is no flux: the daemons would have nothing to do"));
    }
    for (FluxConfig flux : configuration.fluxes()) {
      boolean served =
          (flux.ingest().isPresent() && sides.contains(Side.INGEST))
              || (flux.worker().isPresent() && sides.contains(Side.WORKER));
      if (!sides.isEmpty() && !served) {
        String has = flux.ingest().isPresent() ? "ingest" : "worker";
        idle.add(
            warning(
                flux.file(),
                "it has a section '"
                    + has
                    + "' only, and navette.yml has none: nothing runs it here"));
      }
    }
    return idle;
  }

  private static Fault warning(Path file, String what) {
    return new Fault(file, 0, 0, what, Fault.Severity.WARNING);
  }

  // --- asking ---

  private static Diff.Answer ask(Configuration configuration, Side side) throws IOException {
    Question question = Question.of("configuration");
    for (FluxConfig flux : Plan.mine(configuration, side)) {
      question = question.with(flux.name().value(), Settings.of(flux, side).fingerprint());
    }
    DaemonConfig daemon = configuration.daemon().orElseThrow();
    ObjectMapper mapper = LiveJson.mapper();
    Map<String, String> own = new TreeMap<>();
    List<Running> fluxes = new ArrayList<>();
    LiveClient.Answer answer =
        new LiveClient(Live.socket(daemon.run(), side))
            .ask(
                question,
                item -> {
                  JsonNode settings = item.get("daemon");
                  if (settings == null) {
                    fluxes.add(mapper.treeToValue(item, Running.class));
                  } else {
                    settings
                        .properties()
                        .forEach(each -> own.put(each.getKey(), each.getValue().asText()));
                  }
                });
    if (answer instanceof Nobody nobody) {
      return Diff.Answer.silent(nobody.why());
    }
    if (answer instanceof Refused refused) {
      return Diff.Answer.silent(refused.why());
    }
    return new Diff.Answer(java.util.Optional.empty(), own, fluxes);
  }

  // --- telling ---

  private static Map<String, Object> asJson(Configuration configuration, List<Diff> diffs) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("configuration", configuration.folder().toString());
    all.put("errors", configuration.errorCount());
    all.put("warnings", configuration.warningCount());
    all.put("fluxes", configuration.fluxes().stream().map(FluxConfig::name).toList());
    all.put("faults", configuration.faults().stream().map(CheckCommand::asJson).toList());
    all.put("reload", diffs);
    return all;
  }

  private static Map<String, Object> asJson(Fault fault) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("file", fault.file().toString());
    members.put("line", fault.line());
    members.put("column", fault.column());
    members.put("what", fault.what());
    members.put("severity", fault.severity());
    return members;
  }

  private static void say(Configuration configuration, List<Diff> diffs, PrintWriter out) {
    configuration.faults().forEach(out::println);
    out.printf(
        "%s: %s, %s, %s can run%n",
        configuration.folder(),
        counted(configuration.errorCount(), "error", "errors"),
        counted(configuration.warningCount(), "warning", "warnings"),
        counted(configuration.fluxes().size(), "flux", "fluxes"));
    diffs.forEach(diff -> new DiffText(out).say(diff));
  }

  private static String counted(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }
}
