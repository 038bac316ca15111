package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FluxName;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stands here for help and completion alone: the launcher answers it without a JVM. */
@Command(
    name = "out",
    mixinStandardHelpOptions = true,
    description = "hand in acknowledgements (on the processing server; no JVM is started)",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:handed in",
      "1:a file could not be; the others are",
      "2:usage, or the flux takes no acknowledgements",
      "3:no worker on this machine"
    },
    footerHeading = "%nExamples:%n",
    footer = "  navette out labo /tmp/ACK_0042.hl7")
final class OutCommand implements Callable<Integer> {
  @Mixin CommonOptions common;

  @Option(names = "--run", paramLabel = "DIR", description = "the run folder of the worker")
  Path run;

  @Parameters(index = "0", paramLabel = "FLUX", description = "its flux")
  FluxName flux;

  @Parameters(index = "1..*", paramLabel = "FILE", description = "what to hand in")
  List<Path> files;

  @Override
  public Integer call() {
    throw new CommandFailed(
        ExitCode.USAGE, "is answered by the launcher script: call bin/navette, not its class");
  }
}
