package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.view.Held;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Stops the processing of a flux, and nothing else of it. */
@Command(
    name = "hold",
    mixinStandardHelpOptions = true,
    description = {
      "stop the processing of a flux; without FLUX: what is held, here and at the other end",
      "On the file server no worker gets its files any more; on a processing server that worker"
          + " takes none. Deposits are taken and kept as ever, a script that runs is not touched,"
          + " and the hold survives restarts. To be run as root or as the daemon's user."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:it cannot be held", "2:usage or configuration"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette hold labo --why 'upgrade of the application' --until 18:00",
      "  navette hold labo --until 2h30m",
      "  navette hold labo --until 2026-11-25T06:00",
      "  navette hold                 what is held?",
      "  navette resume labo"
    })
final class HoldCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @Mixin CommonOptions common;

  @Parameters(arity = "0..1", paramLabel = "FLUX", description = "its flux")
  FluxName flux;

  @Option(names = "--why", paramLabel = "TEXT", description = "one line, shown to everybody")
  String why;

  @Option(
      names = "--until",
      paramLabel = "TIME",
      description = "the hold ends by itself then; " + Moment.SHAPES_TO_COME)
  Moment until;

  @Option(names = "--json", description = "as JSON; see docs/json.md")
  boolean json;

  private final InstantSource clock = InstantSource.system();

  @Override
  public Integer call() throws IOException {
    HoldSides sides = new HoldSides(Machine.of(common.config()), spec);
    if (flux == null) {
      if (why != null || until != null) {
        throw new ParameterException(spec.commandLine(), "which flux?");
      }
      list(sides);
    } else {
      hold(sides);
    }
    return ExitCode.DONE.code();
  }

  private void hold(HoldSides sides) throws IOException {
    Optional<Instant> end =
        Optional.ofNullable(until).map(time -> time.next(clock.instant(), ZoneId.systemDefault()));
    if (end.isPresent() && !end.get().isAfter(clock.instant())) {
      throw new ParameterException(
          spec.commandLine(), "--until " + until.text() + " is over already");
    }
    List<Held> put = new ArrayList<>();
    for (Side side : sides.of(flux)) {
      put.add(hold(sides, side, end));
    }
    print(put, List.of());
  }

  /** By the daemon, so that it is in force at once; while there is none, by its file. */
  private Held hold(HoldSides sides, Side side, Optional<Instant> end) throws IOException {
    Question question =
        Question.of("hold").with("flux", flux.value()).with("why", why == null ? "" : why);
    Question asked = end.isPresent() ? question.with("until", end.get().toString()) : question;
    List<Held> told = new ArrayList<>();
    if (!ask(sides, side, asked, told)) {
      Holds files = sides.files(side);
      told.add(files.put(flux, user(), why == null ? "" : why, clock.instant(), end));
      // A daemon that started in this moment may have looked before.
      if (ask(sides, side, asked, told)) {
        return told.get(1);
      }
      spec.commandLine().getErr().println("the daemon does not run: in force when it starts");
    }
    return told.get(0);
  }

  private static boolean ask(HoldSides sides, Side side, Question question, List<Held> told)
      throws IOException {
    return sides.ask(
        side, question, item -> told.add(LiveJson.mapper().treeToValue(item, Held.class)));
  }

  private static String user() {
    return System.getProperty("user.name");
  }

  private void list(HoldSides sides) throws IOException {
    List<Held> here = sides.here();
    print(here, sides.elsewhere(Optional.empty()));
  }

  private void print(List<Held> here, List<HoldSides.There> there) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      List<Held> all = new ArrayList<>(here);
      there.forEach(one -> all.add(one.held()));
      out.println(LiveJson.mapper().writeValueAsString(all));
      return;
    }
    here.forEach(held -> out.println(HoldSides.line(held, Optional.empty())));
    there.forEach(one -> out.println(HoldSides.line(one.held(), Optional.of(one.server()))));
    if (here.isEmpty() && there.isEmpty()) {
      out.println("nothing is held");
    }
  }
}
