package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.live.LiveJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Whether it runs, and moves. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "does it run, and does it move: daemons, links, then each flux, what is wrong first",
      "Without a daemon to ask, it tells what stands on disk."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing is wrong",
      "1:something is; it is named, with what to do",
      "2:usage or configuration",
      "3:no daemon of this machine answers"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette status                      all",
      "  navette status labo                 one flux",
      "  navette status --wrong              of many fluxes those in trouble",
      "  navette status --here --json        this machine only, for a program",
      "  navette status --here --wrong >/dev/null || echo 'see navette status'"
    })
final class StatusCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @Mixin CommonOptions common;

  @Parameters(arity = "0..1", paramLabel = "FLUX", description = "that one only")
  FluxName flux;

  @Option(names = "--wrong", description = "name only the fluxes in trouble")
  boolean wrong;

  @Option(names = "--here", description = "do not ask the other servers")
  boolean here;

  @Option(names = "--json", description = "as JSON; see docs/json.md")
  boolean json;

  /** What {@code --json} prints. */
  record Printed(
      Instant at,
      boolean ok,
      List<Sight.Daemon> daemons,
      List<Sight.Absent> absent,
      List<Sight.Silent> silent,
      List<Trouble> wrong,
      List<Sight.Flux> fluxes) {}

  @Override
  public Integer call() throws IOException {
    Machine machine = Machine.of(common.config());
    Optional<FluxName> only = Optional.ofNullable(flux);
    machine.fluxes(only);
    if (machine.sides().isEmpty()) {
      throw new CommandFailed(
          ExitCode.USAGE, "no daemon is configured on this machine; see `navette check`");
    }
    Instant now = InstantSource.system().instant();
    PrintWriter err = spec.commandLine().getErr();
    Sight sight =
        new Gathering(machine, only, now, note -> err.println("navette status: " + note))
            .learn(!here);
    List<Trouble> troubles = Troubles.in(sight, now);
    print(sight, troubles, now);
    if (sight.daemons().stream().noneMatch(daemon -> daemon.from().isEmpty())) {
      return ExitCode.UNREACHABLE.code();
    }
    return (troubles.isEmpty() ? ExitCode.DONE : ExitCode.FAILED).code();
  }

  private void print(Sight sight, List<Trouble> troubles, Instant now) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(
          LiveJson.mapper()
              .writeValueAsString(
                  new Printed(
                      now,
                      troubles.isEmpty(),
                      sight.daemons(),
                      sight.absent(),
                      sight.silent(),
                      troubles,
                      sight.fluxes())));
    } else {
      new StatusText(out, spec.commandLine().getColorScheme().ansi(), now)
          .print(sight, troubles, wrong);
    }
  }
}
