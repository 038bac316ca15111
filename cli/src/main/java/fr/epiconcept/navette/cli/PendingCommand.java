package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.view.Selection;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists every file that has not come to its end, where it is, since when and why. */
@Command(
    name = "pending",
    mixinStandardHelpOptions = true,
    description = {
      "what waits, where, since when and why, on both servers",
      "One line a file: what has come farthest first, then in order of arrival. Without a daemon to"
          + " ask, what stands on disk is shown."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:listed, whether something waits or not",
      "1:something could not be looked at; a line says what",
      "2:usage or configuration"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  navette pending                        everything",
      "  navette pending labo                   one flux",
      "  navette pending --place inbox          what is not taken, and why",
      "  navette pending --place dead,quarantine --quarantine 7d",
      "  navette pending --limit 0 --json       every file, for a program"
    })
final class PendingCommand implements Callable<Integer> {
  private static final int SHOWN = 50;

  @Spec CommandSpec spec;
  @Mixin CommonOptions common;

  @Parameters(paramLabel = "FLUX", arity = "0..1", description = "that one only")
  FluxName flux;

  @Option(
      names = "--place",
      paramLabel = "PLACE",
      split = ",",
      description =
          "only what is there: inbox, spool, queue, processing, later, held, answer, dead or"
              + " quarantine; several with commas")
  List<String> places = List.of();

  @Option(
      names = "--quarantine",
      paramLabel = "PERIOD",
      defaultValue = "1d",
      description =
          "of the quarantine, which keeps all for ever, what was claimed within this period, such as"
              + " 12h or 7d, or all (default: ${DEFAULT-VALUE})")
  String quarantine;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description =
          "show N files of each flux and place, 0 for all; all are counted (default: "
              + SHOWN
              + ", with --json all)")
  Integer limit;

  @Option(names = "--json", description = "as JSON; see docs/json.md")
  boolean json;

  @Override
  public Integer call() throws IOException {
    InstantSource clock = InstantSource.system();
    Machine machine = Machine.of(common.config());
    Optional<FluxName> only = Optional.ofNullable(flux);
    machine.fluxes(only);
    Set<Place> wanted = places();
    Selection selection =
        Selection.all(quarantinedSince(clock.instant())).in(wanted).atMost(shown());
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try (PendingOutput output = output(machine, out, clock.instant())) {
      Merger merger = new Merger(clock.instant(), ZoneId.systemDefault());
      WhatWaits whatWaits =
          new WhatWaits(machine, only, selection, output, line -> say(err, line), merger);
      boolean whole = whatWaits.tell();
      output.end(whatWaits.heardAll());
      return (whole ? ExitCode.DONE : ExitCode.FAILED).code();
    }
  }

  private void say(PrintWriter err, String line) {
    err.println(spec.qualifiedName() + ": " + line);
    err.flush();
  }

  private PendingOutput output(Machine machine, PrintWriter out, Instant now) throws IOException {
    if (json) {
      return new PendingJson(out, shown());
    }
    int width =
        machine.fluxes().stream().mapToInt(each -> each.name().value().length()).max().orElse(4);
    return new PendingText(out, shown(), width, now, ZoneId.systemDefault());
  }

  private int shown() {
    if (limit == null) {
      return json ? 0 : SHOWN;
    }
    if (limit < 0) {
      throw usage("--limit is a number of files, or 0 for all");
    }
    return limit;
  }

  private Set<Place> places() {
    if (places.isEmpty()) {
      return EnumSet.allOf(Place.class);
    }
    Set<Place> wanted = EnumSet.noneOf(Place.class);
    for (String word : places) {
      try {
        wanted.add(Place.valueOf(word.strip().toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException unknown) {
        throw usage(
            "'"
                + word
                + "' is no place: inbox, spool, queue, processing, later, held, answer, dead or"
                + " quarantine");
      }
    }
    return wanted;
  }

  private Instant quarantinedSince(Instant now) {
    if (quarantine.equals("all")) {
      return Instant.EPOCH;
    }
    return now.minus(
        Periods.parse(quarantine)
            .orElseThrow(
                () ->
                    usage(
                        "--quarantine is a period such as 12h or 7d, or all, not " + quarantine)));
  }

  private ParameterException usage(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}
