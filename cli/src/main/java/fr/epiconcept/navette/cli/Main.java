package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FluxName;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command itself: without a subcommand it says which there are. */
@Command(
    name = "navette",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Carries partners' files to a processing server, runs a script on each, and brings the"
          + " answers back."
    },
    subcommands = {
      IngestCommand.class,
      WorkerCommand.class,
      CheckCommand.class,
      OutCommand.class,
      AccountsCommand.class,
      CertsCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the thing asked for failed",
      "2:usage or configuration",
      "3:daemon or broker not reachable"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette COMMAND --help        what a command does, with examples",
      "  navette check                 is the configuration right?",
      "  navette out labo ACK.hl7      hand in an acknowledgement"
    })
public final class Main implements Runnable {
  @Spec CommandSpec spec;

  /** Runs the command that {@code args} say and ends the JVM with its exit code. */
  public static void main(String[] args) {
    try {
      System.exit(commandLine().execute(args));
    } catch (Error broken) {
      // Threads of a daemon must not go on without the one that watches over them
      broken.printStackTrace();
      System.exit(ExitCode.FAILED.code());
    }
  }

  static CommandLine commandLine() {
    return friendly(new CommandLine(new Main()));
  }

  /** One line and an exit code for whatever goes wrong in {@code command}. */
  static CommandLine friendly(CommandLine command) {
    return command
        .registerConverter(FluxName.class, Main::fluxName)
        .setParameterExceptionHandler(Main::usageError)
        .setExecutionExceptionHandler(Main::failure);
  }

  private static FluxName fluxName(String text) {
    return FluxName.parse(text)
        .orElseThrow(() -> new TypeConversionException("a flux's name has " + FluxName.RULE));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  private static int usageError(ParameterException wrong, String[] args) {
    CommandLine where = wrong.getCommandLine();
    String command = where.getCommandSpec().qualifiedName();
    where.getErr().println(command + ": " + explain(wrong) + "; see '" + command + " --help'");
    return ExitCode.USAGE.code();
  }

  private static String explain(ParameterException wrong) {
    if (wrong instanceof UnmatchedArgumentException unknown) {
      List<String> near = unknown.getSuggestions();
      return "'"
          + unknown.getUnmatched().get(0)
          + "' is unknown here"
          + (near.isEmpty() ? "" : "; did you mean " + near.get(0) + "?");
    }
    return wrong.getMessage();
  }

  private static int failure(Exception e, CommandLine where, CommandLine.ParseResult parsed) {
    PrintWriter err = where.getErr();
    if (CommonOptions.isDebug()) {
      e.printStackTrace(err);
    }
    err.println(where.getCommandSpec().qualifiedName() + ": " + ExitCode.explain(e));
    return ExitCode.of(e).code();
  }
}
