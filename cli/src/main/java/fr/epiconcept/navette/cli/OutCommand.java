package fr.epiconcept.navette.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Stands here for the help alone: the launcher answers it without a JVM. */
@Command(
    name = "out",
    mixinStandardHelpOptions = true,
    description = "hand in acknowledgements (on the processing server; no JVM is started)",
    footerHeading = "%nExamples:%n",
    footer = "  navette out labo /tmp/ACK_0042.hl7")
final class OutCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    throw new CommandFailed(
        ExitCode.USAGE, "is answered by the launcher script: call bin/navette, not its class");
  }
}
