package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.config.ConfigCheck;
import fr.epiconcept.navette.flux.config.ConfigReader;
import fr.epiconcept.navette.flux.config.Configuration;
import java.io.PrintWriter;
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
      "  navette check --config ./new --offline"
    })
final class CheckCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @Mixin CommonOptions common;

  @Option(
      names = "--offline",
      description = "read the files only; try no folder, program or user of this machine")
  boolean offline;

  @Override
  public Integer call() {
    Configuration configuration = ConfigReader.read(common.config());
    if (!offline) {
      configuration = configuration.plus(ConfigCheck.check(configuration, configuration.sides()));
    }
    PrintWriter out = spec.commandLine().getOut();
    configuration.faults().forEach(out::println);
    out.printf(
        "%s: %s, %s, %s can run%n",
        configuration.folder(),
        counted(configuration.errorCount(), "error", "errors"),
        counted(configuration.warningCount(), "warning", "warnings"),
        counted(configuration.fluxes().size(), "flux", "fluxes"));
    return (configuration.hasErrors() ? ExitCode.USAGE : ExitCode.DONE).code();
  }

  private static String counted(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }
}
