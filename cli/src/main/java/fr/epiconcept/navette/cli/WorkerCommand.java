package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.Checkpoint;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** Runs the processing server's daemon. */
@Command(
    name = "worker",
    mixinStandardHelpOptions = true,
    description = "run the processing server's daemon in the foreground, until SIGTERM",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:stopped in order",
      "1:it could not start, or did not stop in time",
      "2:usage or configuration"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette worker                          with /etc/navette",
      "  navette worker --config ./demo/front    with another configuration"
    })
final class WorkerCommand extends DaemonCommand {
  @Override
  Daemon daemon(Path config) {
    return new WorkerRun(config, Checkpoint.NONE);
  }
}
