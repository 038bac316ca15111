package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.Checkpoint;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** Runs the file server's daemon. */
@Command(
    name = "ingest",
    mixinStandardHelpOptions = true,
    description = "run the file server's daemon in the foreground, until SIGTERM",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:stopped in order",
      "1:it could not start, or did not stop in time",
      "2:usage or configuration"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette ingest                          with /etc/navette",
      "  navette ingest --config ./demo/files    with another configuration"
    })
final class IngestCommand extends DaemonCommand {
  @Override
  Daemon daemon(Path config) {
    return new IngestRun(config, Checkpoint.NONE);
  }
}
