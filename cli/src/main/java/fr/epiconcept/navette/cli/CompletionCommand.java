package fr.epiconcept.navette.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what bash needs to complete commands, options and names of fluxes. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = "print the completion for bash; an installed package has it already",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "2:usage"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  source <(navette completion)                                    for this shell",
      "  navette completion > /etc/bash_completion.d/navette             for everybody"
    })
final class CompletionCommand implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().getOut().print(Completion.script(Main.wholeCommandLine()));
    spec.commandLine().getOut().flush();
    return ExitCode.DONE.code();
  }
}
