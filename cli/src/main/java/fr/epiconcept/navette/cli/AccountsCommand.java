package fr.epiconcept.navette.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import fr.epiconcept.navette.broker.Account;
import fr.epiconcept.navette.broker.Accounts;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.ConfigReader;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
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
    description = {
      "accounts of workers (on the file server; passwords are kept as hashes)",
      "A running ingest takes every change up within seconds."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:no such account, or there is one already",
      "2:usage or configuration"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette accounts add front1 --flux labo --flux radio",
      "  navette accounts add front1 --flux labo --password-file /root/front1.password",
      "  umask 077; navette accounts add front1 --flux labo --generate > f1.pw",
      "  navette accounts grant front1 --flux patients",
      "  navette accounts revoke front1 --flux radio",
      "  navette accounts rotate front1       (the worker's side first)",
      "  navette accounts list --json",
      "  navette accounts remove front1"
    })
final class AccountsCommand implements Runnable {
  private static final String NAME = "ACCOUNT";

  @Spec CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "add, list, grant, revoke, rotate or remove?");
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = {
        "add an account; one that is there is not changed",
        "With --password-file it may be repeated: an account with that password and these fluxes is"
            + " what was asked for."
      })
  int add(
      @Mixin CommonOptions common,
      @Mixin PasswordOptions source,
      @Parameters(paramLabel = NAME, description = "its name: " + FluxName.RULE) String name,
      @Option(
              names = "--flux",
              paramLabel = "FLUX",
              description = "a flux that the worker serves; may be given several times")
          List<FluxName> fluxes,
      @Option(names = "--admin", description = "may do everything, with the artemis command too")
          boolean admin,
      @Option(names = "--json", description = "as JSON; see docs/json.md") boolean json)
      throws IOException {
    if (json && source.generate) {
      throw usage("--generate prints a password: leave --json out");
    }
    boolean anyFlux = fluxes != null && !fluxes.isEmpty();
    if (admin == anyFlux) {
      throw usage("give either --flux, once or several times, or --admin");
    }
    String account = checked(name);
    Accounts accounts = accounts(common);
    Optional<Account> there =
        accounts.list().stream().filter(each -> each.name().equals(account)).findFirst();
    if (there.isPresent()) {
      Account wanted = new Account(account, anyFlux ? Set.copyOf(fluxes) : Set.of(), admin);
      // Before anybody is asked for a password; one that was just made is not the account's.
      if (source.file == null || !there.get().equals(wanted)) {
        throw alreadyThere(account);
      }
      return unchanged(accounts, account, source, json);
    }
    char[] password = source.password(spec.commandLine());
    try {
      boolean added =
          admin
              ? accounts.addAdmin(account, password)
              : accounts.add(account, new TreeSet<>(fluxes), password);
      if (!added) {
        throw alreadyThere(account);
      }
      source.tell(password, spec.commandLine());
    } finally {
      Arrays.fill(password, '\0');
    }
    if (json) {
      Changed.tell(spec.commandLine().getOut(), true);
    }
    return ExitCode.DONE.code();
  }

  private int unchanged(Accounts accounts, String account, PasswordOptions source, boolean json)
      throws IOException {
    char[] password = source.password(spec.commandLine());
    try {
      if (!accounts.hasPassword(account, password)) {
        throw new CommandFailed(
            ExitCode.FAILED,
            "account "
                + account
                + " is there with another password: 'accounts rotate' gives it this one");
      }
    } finally {
      Arrays.fill(password, '\0');
    }
    if (json) {
      Changed.tell(spec.commandLine().getOut(), false);
    } else {
      spec.commandLine().getOut().println("unchanged");
    }
    return ExitCode.DONE.code();
  }

  private static CommandFailed alreadyThere(String account) {
    return new CommandFailed(
        ExitCode.FAILED,
        "there is an account "
            + account
            + " already: 'accounts rotate' gives it another password, 'accounts grant' and"
            + " 'revoke' other fluxes");
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "list the accounts with their fluxes")
  int list(
      @Mixin CommonOptions common,
      @Option(names = "--json", description = "as JSON; see docs/json.md") boolean json)
      throws IOException {
    List<Account> all = accounts(common).list();
    if (json) {
      Json.array(spec.commandLine().getOut(), all, AccountsCommand::write);
    } else {
      all.forEach(account -> spec.commandLine().getOut().println(line(account)));
    }
    return ExitCode.DONE.code();
  }

  private static void write(Account account, JsonGenerator json) throws IOException {
    json.writeStringField("name", account.name());
    json.writeBooleanField("admin", account.admin());
    json.writeArrayFieldStart("fluxes");
    for (FluxName flux : new TreeSet<>(account.fluxes())) {
      json.writeString(flux.value());
    }
    json.writeEndArray();
  }

  private static String line(Account account) {
    String serves =
        account.fluxes().stream().sorted().map(FluxName::value).collect(Collectors.joining(" "));
    return account.name() + "\t" + (account.admin() ? "(admin)" : serves);
  }

  @Command(
      name = "grant",
      mixinStandardHelpOptions = true,
      description = "let the account serve more fluxes")
  int grant(
      @Mixin CommonOptions common,
      @Parameters(paramLabel = NAME, description = "its name") String name,
      @Option(
              names = "--flux",
              required = true,
              paramLabel = "FLUX",
              description = "a flux; may be given several times")
          List<FluxName> fluxes,
      @Option(names = "--json", description = "as JSON; see docs/json.md") boolean json)
      throws IOException {
    return reassign(
        common,
        name,
        json,
        old -> {
          Set<FluxName> more = new TreeSet<>(old);
          more.addAll(fluxes);
          return more;
        });
  }

  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = "let the account serve fewer fluxes; its links are closed, and made again")
  int revoke(
      @Mixin CommonOptions common,
      @Parameters(paramLabel = NAME, description = "its name") String name,
      @Option(
              names = "--flux",
              required = true,
              paramLabel = "FLUX",
              description = "a flux; may be given several times")
          List<FluxName> fluxes)
      throws IOException {
    return reassign(
        common,
        name,
        false,
        old -> {
          Set<FluxName> fewer = new TreeSet<>(old);
          for (FluxName flux : fluxes) {
            if (!fewer.remove(flux)) {
              throw new CommandFailed(
                  ExitCode.FAILED, "account " + name + " does not serve " + flux);
            }
          }
          return fewer;
        });
  }

  private int reassign(
      CommonOptions common, String name, boolean json, UnaryOperator<Set<FluxName>> change)
      throws IOException {
    String account = checked(name);
    Accounts accounts = accounts(common);
    try {
      boolean[] changed = {false};
      Account now =
          accounts
              .reassign(
                  account,
                  old -> {
                    Set<FluxName> fluxes = change.apply(old);
                    changed[0] = !fluxes.equals(old);
                    return fluxes;
                  })
              .orElseThrow(() -> unknown(account));
      if (json) {
        Changed.tell(spec.commandLine().getOut(), changed[0]);
      } else {
        spec.commandLine().getOut().println(line(now));
      }
    } catch (IllegalArgumentException refused) {
      throw new CommandFailed(ExitCode.FAILED, refused.getMessage(), refused);
    }
    return ExitCode.DONE.code();
  }

  @Command(
      name = "rotate",
      mixinStandardHelpOptions = true,
      description = "give the account another password; open links stay, the old one opens no new")
  int rotate(
      @Mixin CommonOptions common,
      @Mixin PasswordOptions source,
      @Parameters(paramLabel = NAME, description = "its name") String name)
      throws IOException {
    String account = checked(name);
    Accounts accounts = accounts(common);
    if (accounts.list().stream().noneMatch(each -> each.name().equals(account))) {
      throw unknown(account);
    }
    char[] password = source.password(spec.commandLine());
    try {
      if (!accounts.rotate(account, password)) {
        throw unknown(account);
      }
      source.tell(password, spec.commandLine());
    } finally {
      Arrays.fill(password, '\0');
    }
    return ExitCode.DONE.code();
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = {
        "remove an account: its links are closed within seconds, and no new one is let in",
        "The receipts that wait for it are removed at the next start of ingest."
      })
  int remove(
      @Mixin CommonOptions common,
      @Parameters(paramLabel = NAME, description = "its name") String name)
      throws IOException {
    String account = checked(name);
    if (!accounts(common).remove(account)) {
      throw unknown(account);
    }
    return ExitCode.DONE.code();
  }

  private static CommandFailed unknown(String account) {
    return new CommandFailed(ExitCode.FAILED, "there is no account " + account);
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
