package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.broker.Account;
import fr.epiconcept.navette.broker.Accounts;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.ConfigReader;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The accounts by which workers log in at the file server's broker. */
@Command(
    name = "accounts",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "accounts of workers (on the file server; passwords are kept as hashes)",
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette accounts add web1 --flux labo --flux radio",
      "  navette accounts add web1 --flux labo --password-file /root/web1.password",
      "  navette accounts list",
      "  navette accounts remove web1"
    })
final class AccountsCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "add, list or remove?");
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "add an account, or give it another password and exactly these fluxes")
  int add(
      @Mixin CommonOptions common,
      @Parameters(paramLabel = "ACCOUNT", description = "its name: " + FluxName.RULE) String name,
      @Option(
              names = "--flux",
              paramLabel = "FLUX",
              description = "a flux that the worker serves; may be given several times")
          List<FluxName> fluxes,
      @Option(names = "--admin", description = "may do everything, with the artemis command too")
          boolean admin,
      @Option(
              names = "--password-file",
              paramLabel = "FILE",
              description =
                  "its first line is the password; \"-\": standard input; else it is asked")
          String file)
      throws IOException {
    boolean anyFlux = fluxes != null && !fluxes.isEmpty();
    if (admin == anyFlux) {
      throw usage("give either --flux, once or several times, or --admin");
    }
    char[] password = Password.read(file);
    try {
      if (admin) {
        accounts(common).addAdmin(checked(name), password);
      } else {
        accounts(common).add(checked(name), new TreeSet<>(fluxes), password);
      }
    } finally {
      Arrays.fill(password, '\0');
    }
    return ExitCode.DONE.code();
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "list the accounts with their fluxes")
  int list(@Mixin CommonOptions common) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    for (Account account : accounts(common).list()) {
      String serves =
          account.fluxes().stream().sorted().map(FluxName::value).collect(Collectors.joining(" "));
      out.println(account.name() + "\t" + (account.admin() ? "(admin)" : serves));
    }
    return ExitCode.DONE.code();
  }

  @Command(name = "remove", mixinStandardHelpOptions = true, description = "remove an account")
  int remove(
      @Mixin CommonOptions common,
      @Parameters(paramLabel = "ACCOUNT", description = "its name") String name)
      throws IOException {
    if (!accounts(common).remove(checked(name))) {
      throw new CommandFailed(ExitCode.FAILED, "there is no account " + name);
    }
    return ExitCode.DONE.code();
  }

  private String checked(String name) {
    return FluxName.parse(name)
        .map(FluxName::value)
        .orElseThrow(() -> usage("an account's name has " + FluxName.RULE));
  }

  private ParameterException usage(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  /** The folder that {@code navette.yml} says; where it says nothing of a broker, its default. */
  private static Accounts accounts(CommonOptions common) {
    Path folder =
        ConfigReader.read(common.config())
            .daemon()
            .flatMap(DaemonConfig::ingest)
            .map(ingest -> ingest.broker().accounts())
            .orElseGet(() -> common.config().resolve("accounts"));
    return new Accounts(folder);
  }
}
