package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.alert.Alert;
import fr.epiconcept.navette.flux.alert.Alert.Origin;
import fr.epiconcept.navette.flux.alert.AlertCommand;
import fr.epiconcept.navette.flux.config.AlertClass;
import fr.epiconcept.navette.flux.config.AlertRules;
import fr.epiconcept.navette.flux.config.Side;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Who is called when something goes wrong, and whether that works. */
@Command(
    name = "alerts",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "try the commands that call somebody when something goes wrong",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every command took its alert",
      "1:one did not",
      "2:usage or configuration, or nobody is called"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette alerts test --dry-run          which command is run for what",
      "  sudo -u navette navette alerts test    a test alert by each of them",
      "  navette alerts test dead --flux labo   only that one, of one flux"
    })
final class AlertsCommand implements Runnable {
  private static final Duration LIMIT = Duration.ofMinutes(1);

  @Spec CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "test?");
  }

  @Command(
      name = "test",
      mixinStandardHelpOptions = true,
      description = {
        "send a test alert by the commands of the configuration, as the user who calls this",
        "Without CLASS each command is run once."
      })
  int test(
      @Mixin CommonOptions common,
      @Parameters(
              paramLabel = "CLASS",
              arity = "0..1",
              description = {
                "quarantined, dead, interrupted, held, suspended, silence, acknowledgement, oldest;",
                "of no single flux: worker-away, disk, certificate, journal"
              })
          String only,
      @Option(names = "--flux", paramLabel = "FLUX", description = "by the settings of that flux")
          FluxName flux,
      @Option(names = "--dry-run", description = "only show which command is run for which class")
          boolean dryRun) {
    Optional<AlertClass> wanted = Optional.ofNullable(only).map(this::alertClass);
    Machine machine = Machine.of(common.config());
    Optional<FluxName> named = Optional.ofNullable(flux);
    AlertRules rules =
        named.isEmpty() ? machine.daemon().alerts() : machine.fluxes(named).get(0).alerts();
    List<AlertClass> classes =
        Arrays.stream(AlertClass.values())
            .filter(each -> wanted.isEmpty() || wanted.get() == each)
            .filter(each -> named.isEmpty() || each.isOfFlux())
            .toList();
    if (classes.isEmpty()) {
      throw new CommandFailed(
          ExitCode.USAGE, "'" + only + "' concerns no single flux: leave out --flux");
    }
    if (dryRun) {
      show(rules, classes);
      return ExitCode.DONE.code();
    }
    Map<List<String>, AlertClass> commands = new LinkedHashMap<>();
    classes.stream()
        .filter(rules::wants)
        .forEach(each -> commands.putIfAbsent(rules.commandFor(each), each));
    if (commands.isEmpty()) {
      throw new CommandFailed(
          ExitCode.USAGE,
          "nobody is called"
              + wanted.map(it -> " for " + it.word()).orElse("")
              + ": see 'alerts' in navette.yml");
    }
    return send(machine, commands, named);
  }

  private AlertClass alertClass(String text) {
    return AlertClass.of(text)
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.subcommands().get("test"),
                    "no class of alerts is called '"
                        + text
                        + "': there are "
                        + Arrays.stream(AlertClass.values())
                            .map(AlertClass::word)
                            .collect(Collectors.joining(", "))));
  }

  private void show(AlertRules rules, List<AlertClass> classes) {
    PrintWriter out = out();
    for (AlertClass each : classes) {
      List<String> words = rules.commandFor(each);
      String what = words.isEmpty() ? "none" : spelled(words) + never(rules, each);
      out.printf("%-16s %s%n", each.word(), what);
    }
  }

  /** Without its limit nothing is ever told. */
  private static String never(AlertRules rules, AlertClass alert) {
    Optional<Duration> limit =
        switch (alert) {
          case SILENCE -> rules.silence();
          case ACKNOWLEDGEMENT -> rules.acknowledgement();
          case OLDEST -> rules.oldest();
          case WORKER_AWAY -> rules.workerAway();
          case CERTIFICATE -> rules.certificate();
          default -> Optional.of(Duration.ZERO);
        };
    return limit.isPresent() ? "" : "  (but never: no alerts." + alert.word() + " is set here)";
  }

  private int send(
      Machine machine, Map<List<String>, AlertClass> commands, Optional<FluxName> flux) {
    String side = machine.sides().contains(Side.INGEST) ? "ingest" : "worker";
    AlertCommand command = new AlertCommand(LIMIT);
    boolean allWell = true;
    for (Map.Entry<List<String>, AlertClass> each : commands.entrySet()) {
      Alert alert =
          Alert.test(each.getValue(), Origin.here(side), flux, InstantSource.system().instant());
      Optional<String> failure = command.run(each.getKey(), alert);
      String words = spelled(each.getKey());
      if (failure.isPresent()) {
        allWell = false;
        spec.commandLine().getErr().println("navette alerts test: " + words + ": " + failure.get());
      } else {
        out().println("told (" + each.getValue().word() + ") by " + words);
      }
    }
    return (allWell ? ExitCode.DONE : ExitCode.FAILED).code();
  }

  private static String spelled(List<String> words) {
    return String.join(" ", words);
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
