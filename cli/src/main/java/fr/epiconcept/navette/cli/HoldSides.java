package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.live.LiveClient.Answer;
import fr.epiconcept.navette.flux.live.LiveClient.Items;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.view.Held;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** The holds of this machine's daemons, whether they run or not, and those at the other end. */
final class HoldSides {
  private final Machine machine;
  private final CommandSpec spec;

  HoldSides(Machine machine, CommandSpec spec) {
    this.machine = machine;
    this.spec = spec;
  }

  /** Whether that side of a flux is configured here. */
  static boolean has(FluxConfig flux, Side side) {
    return side == Side.INGEST ? flux.ingest().isPresent() : flux.worker().isPresent();
  }

  /** The sides of this machine that have work for the flux. */
  List<Side> of(FluxName flux) {
    FluxConfig config = machine.fluxes(Optional.of(flux)).get(0);
    List<Side> sides = machine.sides().stream().filter(side -> has(config, side)).toList();
    if (sides.isEmpty()) {
      throw new CommandFailed(ExitCode.USAGE, "no daemon of this machine has flux " + flux);
    }
    return sides;
  }

  /** The files of that side. */
  Holds files(Side side) {
    DaemonConfig daemon = machine.daemon();
    Path state =
        side == Side.INGEST
            ? daemon.ingest().orElseThrow().state()
            : daemon.worker().orElseThrow().state();
    return new Holds(state, side);
  }

  /**
   * Asks the daemon of that side.
   *
   * @return whether there was one; its refusal is a failure of the command
   */
  boolean ask(Side side, Question question, Items items) throws IOException {
    Answer answer = machine.ask(side, question, items);
    if (answer instanceof Answer.Refused refused) {
      throw new CommandFailed(ExitCode.FAILED, refused.why());
    }
    return !(answer instanceof Answer.Nobody);
  }

  /** What is held here. */
  List<Held> here() throws IOException {
    List<Held> all = new ArrayList<>();
    for (Side side : machine.sides()) {
      boolean answered =
          ask(
              side,
              Question.of("holds"),
              item -> all.add(LiveJson.mapper().treeToValue(item, Held.class)));
      if (!answered) {
        all.addAll(files(side).all());
      }
    }
    return all;
  }

  /** A hold, and who has it. */
  record There(String server, Held held) {}

  /** What is held at the other end; who does not answer is left out. */
  List<There> elsewhere(Optional<FluxName> flux) throws IOException {
    List<There> all = new ArrayList<>();
    Question question = Question.of("holds");
    Question asked = flux.isPresent() ? question.with("flux", flux.get().value()) : question;
    for (Side side : machine.sides()) {
      machine.askElsewhere(
          side,
          asked,
          new Machine.Others() {
            @Override
            public void item(String from, com.fasterxml.jackson.databind.JsonNode item)
                throws IOException {
              all.add(new There(from, LiveJson.mapper().treeToValue(item, Held.class)));
            }

            @Override
            public void silent(String from, String why) {
              spec.commandLine().getErr().println(from + " does not say what it holds: " + why);
            }
          });
    }
    return all;
  }

  /** A line for people. */
  static String line(Held held, Optional<String> server) {
    StringBuilder line = new StringBuilder(held.flux().value());
    line.append(" is held on ")
        .append(
            server.orElse(
                held.side() == Side.INGEST ? "this file server" : "this processing server"));
    line.append(" since ").append(Shown.time(held.since()));
    held.by().ifPresent(by -> line.append(" by ").append(by));
    held.until().ifPresent(until -> line.append(" until ").append(Shown.time(until)));
    if (!held.why().isEmpty()) {
      line.append(": ").append(held.why());
    }
    return line.toString().replaceAll("\\p{Cntrl}", "?");
  }
}
