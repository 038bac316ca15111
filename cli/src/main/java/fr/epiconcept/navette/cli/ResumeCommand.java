package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.live.Question;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Ends a hold. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = {
      "end the hold of a flux on this server, whoever put it: an operator or on-failure: stop",
      "Each server has its own hold; if the other one still holds the flux, that is said."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:it is not held here any more",
      "1:it was not held here, and the other server holds it",
      "2:usage or configuration"
    },
    footerHeading = "%nExamples:%n",
    footer = {"  navette resume labo", "  navette hold                 what is still held?"})
final class ResumeCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @Mixin CommonOptions common;

  @Parameters(paramLabel = "FLUX", description = "its flux")
  FluxName flux;

  @Override
  public Integer call() throws IOException {
    HoldSides sides = new HoldSides(Machine.of(common.config()), spec);
    PrintWriter out = spec.commandLine().getOut();
    boolean was = false;
    for (Side side : sides.of(flux)) {
      was |= end(sides, side);
    }
    out.println(flux + (was ? " goes on" : " was not held here"));
    List<HoldSides.There> still = sides.elsewhere(Optional.of(flux));
    still.forEach(
        one ->
            spec.commandLine()
                .getErr()
                .println(
                    HoldSides.line(one.held(), Optional.of(one.server()))
                        + " (run `navette resume "
                        + flux
                        + "` there)"));
    return (was || still.isEmpty() ? ExitCode.DONE : ExitCode.FAILED).code();
  }

  private boolean end(HoldSides sides, Side side) throws IOException {
    AtomicBoolean was = new AtomicBoolean();
    Question question = Question.of("resume").with("flux", flux.value());
    boolean answered = sides.ask(side, question, item -> was.set(item.path("was").asBoolean()));
    return answered ? was.get() : sides.files(side).end(flux);
  }
}
