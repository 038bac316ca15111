package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.broker.Certificates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Certificates for sites that have no authority of their own. */
@Command(
    name = "certs",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "certificates for the link between both servers",
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette certs create files1.example.org 10.0.0.5",
      "  navette certs create --folder /etc/navette/tls files1"
    })
final class CertsCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "create?");
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = {
        "make a private authority and the server's certificate: ca.crt, ca.key, server.crt,"
            + " server.key",
        "ca.crt goes to the workers; ca.key is best kept away from both servers"
      })
  int create(
      @Mixin CommonOptions common,
      @Option(
              names = "--folder",
              paramLabel = "DIR",
              description = "where to put them (default: \"tls\" beside navette.yml)")
          Path folder,
      @Parameters(
              arity = "1..*",
              paramLabel = "HOST",
              description = "a name or address by which workers connect")
          List<String> hosts)
      throws IOException {
    Path target = folder == null ? common.config().resolve("tls") : folder.toAbsolutePath();
    Certificates.create(target, hosts, InstantSource.system());
    spec.commandLine().getOut().println("made in " + target);
    return ExitCode.DONE.code();
  }
}
