package fr.epiconcept.navette.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import fr.epiconcept.navette.broker.CertificateFacts;
import fr.epiconcept.navette.broker.Certificates;
import fr.epiconcept.navette.flux.config.ConfigReader;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.DaemonConfig.BrokerAccess;
import fr.epiconcept.navette.flux.config.DaemonConfig.ServerTls;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Certificates for sites that have no authority of their own, and how long any still last. */
@Command(
    name = "certs",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "certificates for the link between both servers",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done; show: none ends soon",
      "1:it failed; show: one has ended, or ends soon",
      "2:usage or configuration"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette certs create files1.example.org 10.0.0.5",
      "  navette certs create --folder /etc/navette/tls files1",
      "  navette certs renew --ca-key /media/safe/ca.key",
      "  navette certs show",
      "  navette certs show --days 60 --json       for cron: 1 if one ends by then"
    })
final class CertsCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "create, renew or show?");
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = {
        "make a private authority and the server's certificate: ca.crt, ca.key, server.crt,"
            + " server.key; once they are there for these names, nothing",
        "ca.crt goes to the workers; ca.key (mode 0600) is best kept away from both servers:"
            + " whoever has it can pass for the file server. renew needs it again."
      })
  int create(
      @Mixin CommonOptions common,
      @Option(
              names = "--folder",
              paramLabel = "DIR",
              description = "where to put them (default: \"tls\" beside navette.yml)")
          Path folder,
      @Option(names = "--json", description = "as JSON; see docs/json.md") boolean json,
      @Parameters(
              arity = "1..*",
              paramLabel = "HOST",
              description = "a name or address by which workers connect")
          List<String> hosts)
      throws IOException {
    Path target = folder(common, folder);
    PrintWriter out = spec.commandLine().getOut();
    boolean made = !Certificates.areMade(target, hosts, InstantSource.system());
    if (made) {
      Certificates.create(target, hosts, InstantSource.system());
    }
    if (json) {
      Changed.tell(out, made);
      return ExitCode.DONE.code();
    }
    if (!made) {
      out.println("unchanged: " + target + " has them");
      return ExitCode.DONE.code();
    }
    out.println("made in " + target);
    out.println("ca.crt goes to the processing servers; keep ca.key away from both servers");
    return ExitCode.DONE.code();
  }

  @Command(
      name = "renew",
      mixinStandardHelpOptions = true,
      description = {
        "make another server.crt of the same authority; workers need nothing new",
        "A running ingest takes it up within seconds; open links stay."
      })
  int renew(
      @Mixin CommonOptions common,
      @Option(
              names = "--folder",
              paramLabel = "DIR",
              description = "where the files are (default: \"tls\" beside navette.yml)")
          Path folder,
      @Option(
              names = "--ca-key",
              paramLabel = "FILE",
              description = "the authority's key (default: ca.key in that folder)")
          Path caKey,
      @Option(names = "--new-key", description = "replace server.key too") boolean newKey,
      @Parameters(
              arity = "0..*",
              paramLabel = "HOST",
              description = "names and addresses (default: those of the old one)")
          List<String> hosts)
      throws IOException {
    Path target = folder(common, folder);
    Path key = caKey == null ? target.resolve("ca.key") : caKey.toAbsolutePath();
    if (!Files.exists(key)) {
      throw new CommandFailed(
          ExitCode.FAILED, key + " does not exist: say by --ca-key where the authority's key is");
    }
    CertificateFacts renewed =
        Certificates.renew(
            target, key, hosts == null ? List.of() : hosts, newKey, InstantSource.system());
    spec.commandLine().getOut().println(renewed.file() + " is good until " + renewed.until());
    return ExitCode.DONE.code();
  }

  private static Path folder(CommonOptions common, Path folder) {
    return folder == null ? common.config().resolve("tls") : folder.toAbsolutePath();
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = {
        "show the certificates that navette.yml names and those beside it, with the days left"
      })
  int show(
      @Mixin CommonOptions common,
      @Option(names = "--folder", paramLabel = "DIR", description = "those in this folder instead")
          Path folder,
      @Option(
              names = "--days",
              paramLabel = "N",
              defaultValue = "30",
              description = "exit code 1 if one ends within so many days (${DEFAULT-VALUE})")
          int days,
      @Option(names = "--json", description = "as JSON; see docs/json.md") boolean json)
      throws IOException {
    if (days < 0) {
      throw new ParameterException(spec.commandLine(), "--days: not below 0");
    }
    Instant now = InstantSource.system().instant();
    List<CertificateFacts> all = new ArrayList<>();
    for (Path file : files(common, folder)) {
      List<CertificateFacts> inIt = CertificateFacts.read(file);
      // A server's own comes first; those that follow, and stand in ca.crt too, vouch for it.
      boolean server = !inIt.get(0).names().isEmpty();
      all.addAll(server ? inIt.subList(0, 1) : inIt);
    }
    if (all.isEmpty()) {
      throw new CommandFailed(
          ExitCode.FAILED, "there is no certificate in " + folder(common, folder));
    }
    if (json) {
      Json.array(spec.commandLine().getOut(), all, (each, to) -> write(each, now, to));
    } else {
      all.forEach(each -> print(each, now));
    }
    List<CertificateFacts> soon =
        all.stream()
            .filter(each -> each.daysLeft(now) < days || each.until().isBefore(now))
            .toList();
    if (!soon.isEmpty()) {
      CertificateFacts first = soon.get(0);
      long left = first.daysLeft(now);
      throw new CommandFailed(
          ExitCode.FAILED,
          first.file()
              + (left < 0 ? " has ended on " : " ends on ")
              + first.until()
              + (soon.size() > 1 ? ", and " + (soon.size() - 1) + " more" : "")
              + ": renew it");
    }
    return ExitCode.DONE.code();
  }

  private static Set<Path> files(CommonOptions common, Path folder) {
    Set<Path> files = new TreeSet<>();
    for (String name : List.of("server.crt", "ca.crt")) {
      Path file = folder(common, folder).resolve(name);
      if (Files.exists(file)) {
        files.add(file);
      }
    }
    if (folder == null) {
      Optional<DaemonConfig> daemon = ConfigReader.read(common.config()).daemon();
      daemon
          .flatMap(DaemonConfig::ingest)
          .flatMap(ingest -> ingest.broker().tls())
          .map(ServerTls::certificate)
          .ifPresent(files::add);
      daemon
          .flatMap(DaemonConfig::worker)
          .ifPresent(
              worker ->
                  worker.brokers().values().stream()
                      .map(BrokerAccess::ca)
                      .flatMap(Optional::stream)
                      .forEach(files::add));
    }
    return files;
  }

  private void print(CertificateFacts facts, Instant now) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(facts.file());
    out.println("  subject  " + facts.subject());
    if (!facts.names().isEmpty()) {
      out.println("  names    " + String.join(" ", facts.names()));
    }
    out.println("  from     " + facts.from());
    out.println("  until    " + facts.until());
    out.println("  left     " + facts.daysLeft(now) + " days");
  }

  private static void write(CertificateFacts facts, Instant now, JsonGenerator json)
      throws IOException {
    json.writeStringField("file", facts.file().toString());
    json.writeStringField("subject", facts.subject());
    json.writeArrayFieldStart("names");
    for (String name : facts.names()) {
      json.writeString(name);
    }
    json.writeEndArray();
    json.writeStringField("from", facts.from().toString());
    json.writeStringField("until", facts.until().toString());
    json.writeNumberField("daysLeft", facts.daysLeft(now));
  }
}
