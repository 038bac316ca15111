package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FluxName;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the thing asked for failed",
      "2:usage or configuration",
      "3:daemon or broker not reachable"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette status                is it running, and moving?",
      "  navette pending               what waits, and why?",
      "  navette show ORU_17.hl7       where is that file? (its name, id or SHA-256)",
      "  navette replay labo --dead    run again what was given up",
      "  navette balance               did anything get lost last night?",
      "  navette hold labo --why TEXT  run its script no more, until: resume",
      "  navette check --diff          is it right? what would a reload do?",
      "  navette COMMAND --help        what a command does, with examples"
    })
public final class Main implements Runnable {
  /** In the order in which the help names them. */
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("ingest", IngestCommand.class);
    COMMANDS.put("worker", WorkerCommand.class);
    COMMANDS.put("check", CheckCommand.class);
    COMMANDS.put("status", StatusCommand.class);
    COMMANDS.put("pending", PendingCommand.class);
    COMMANDS.put("show", ShowCommand.class);
    COMMANDS.put("replay", ReplayCommand.class);
    COMMANDS.put("rescan", RescanCommand.class);
    COMMANDS.put("balance", BalanceCommand.class);
    COMMANDS.put("hold", HoldCommand.class);
    COMMANDS.put("resume", ResumeCommand.class);
    COMMANDS.put("out", OutCommand.class);
    COMMANDS.put("accounts", AccountsCommand.class);
    COMMANDS.put("certs", CertsCommand.class);
    COMMANDS.put("split", SplitCommand.class);
    COMMANDS.put("adopt", AdoptCommand.class);
    COMMANDS.put("schema", SchemaCommand.class);
    COMMANDS.put("alerts", AlertsCommand.class);
    COMMANDS.put("completion", CompletionCommand.class);
  }

  @Spec CommandSpec spec;

  /** Runs the command that {@code args} say and ends the JVM with its exit code. */
  public static void main(String[] args) {
    try {
      System.exit(commandLine(args).execute(args));
    } catch (Error broken) {
      // Threads of a daemon must not go on without the one that watches over them
      broken.printStackTrace();
      System.exit(ExitCode.FAILED.code());
    }
  }

  /**
   * What {@code args} need: the command that they name, or else all by name and description only.
   * Most of a short command's time is spent on reading the annotations of commands.
   */
  static CommandLine commandLine(String... args) {
    CommandLine needed = new CommandLine(new Main());
    Class<?> named = args.length == 0 ? null : COMMANDS.get(args[0]);
    if (named != null) {
      needed.addSubcommand(args[0], named);
    } else {
      COMMANDS.forEach((name, command) -> needed.addSubcommand(name, outline(command)));
    }
    return friendly(needed);
  }

  /** All commands with all that they understand. */
  static CommandLine wholeCommandLine() {
    CommandLine whole = new CommandLine(new Main());
    COMMANDS.forEach(whole::addSubcommand);
    return friendly(whole);
  }

  private static CommandSpec outline(Class<?> command) {
    CommandSpec outline = CommandSpec.create();
    outline.usageMessage().description(command.getAnnotation(Command.class).description());
    return outline;
  }

  /** One line and an exit code for whatever goes wrong in {@code command}. */
  static CommandLine friendly(CommandLine command) {
    return command
        .registerConverter(FluxName.class, Main::fluxName)
        .registerConverter(Moment.class, Moment::new)
        .setCaseInsensitiveEnumValuesAllowed(true)
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
