package fr.epiconcept.navette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.cli.Sight.Absent;
import fr.epiconcept.navette.cli.Sight.Silent;
import fr.epiconcept.navette.cli.Sight.Source;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.live.LiveClient.Answer;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.view.FluxStatus;
import fr.epiconcept.navette.flux.view.StatusItem;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Asks everybody how it goes, and looks at the disk for those who do not answer. */
final class Gathering {
  private final Machine machine;
  private final Optional<FluxName> only;
  private final Instant now;
  private final Consumer<String> notes;
  private final List<Sight.Daemon> daemons = new ArrayList<>();
  private final List<Absent> absent = new ArrayList<>();
  private final List<Silent> silent = new ArrayList<>();
  private final List<Sight.Flux> fluxes = new ArrayList<>();

  /**
   * A gathering.
   *
   * @param notes takes what the user should know of the answer itself, a line each
   */
  Gathering(Machine machine, Optional<FluxName> only, Instant now, Consumer<String> notes) {
    this.machine = machine;
    this.only = only;
    this.now = now;
    this.notes = notes;
  }

  /**
   * Learns what can be learnt.
   *
   * @param elsewhere whether the other machines are asked too
   */
  Sight learn(boolean elsewhere) {
    for (Side side : machine.sides()) {
      if (askHere(side) && elsewhere) {
        askElsewhere(side);
      }
    }
    return new Sight(
        List.copyOf(daemons), List.copyOf(absent), List.copyOf(silent), List.copyOf(fluxes));
  }

  private Question question() {
    Question all = Question.of("status");
    return only.map(flux -> all.with("flux", flux.value())).orElse(all);
  }

  private boolean askHere(Side side) {
    String why;
    try {
      Answer answer = machine.ask(side, question(), item -> take(Optional.empty(), item));
      if (answer instanceof Answer.Whole) {
        addThoseLeftOut(side);
        return true;
      }
      why = answer instanceof Answer.Nobody nobody ? nobody.why() : ((Answer.Refused) answer).why();
    } catch (IOException e) {
      why = ExitCode.explain(e);
    }
    daemons.removeIf(daemon -> daemon.status().side() == side && daemon.from().isEmpty());
    fluxes.removeIf(flux -> flux.status().side() == side && flux.from().isEmpty());
    absent.add(new Absent(side, why));
    notes.accept(Troubles.name(side) + " does not answer: its fluxes are as the disk shows them");
    lookAtDisk(side);
    return false;
  }

  /**
   * A daemon has no word for a flux that it refused, or was not told of: so nobody would say it.
   */
  private void addThoseLeftOut(Side side) {
    Set<FluxName> heard =
        fluxes.stream()
            .filter(flux -> flux.from().isEmpty() && flux.status().side() == side)
            .map(flux -> flux.status().flux())
            .collect(Collectors.toSet());
    for (FluxConfig flux : machine.fluxes(only)) {
      if (HoldSides.has(flux, side) && !heard.contains(flux.name())) {
        addLeftOut(flux.name(), side, "it was refused, or the daemon was not told to reload");
      }
    }
    for (FluxName flux : machine.faulty()) {
      if (!heard.contains(flux) && only.filter(flux::equals).isPresent() == only.isPresent()) {
        addLeftOut(flux, side, "its file has a fault");
      }
    }
  }

  private void addLeftOut(FluxName flux, Side side, String why) {
    FluxStatus down =
        FluxStatus.unknown(flux, side, false, why, Optional.empty(), Optional.empty());
    fluxes.add(new Sight.Flux(Optional.empty(), Source.LIVE, down));
  }

  private void lookAtDisk(Side side) {
    StatusOnDisk disk = new StatusOnDisk(machine.daemon(), now);
    for (FluxConfig flux : machine.fluxes(only)) {
      if (HoldSides.has(flux, side)) {
        fluxes.add(new Sight.Flux(Optional.empty(), Source.DISK, disk.of(flux, side)));
      }
    }
  }

  private void askElsewhere(Side side) {
    String missing = "what the other servers say is missing: ";
    try {
      Answer answer =
          machine.askElsewhere(
              side,
              question(),
              new Machine.Others() {
                @Override
                public void item(String from, JsonNode item) throws IOException {
                  take(Optional.of(from), item);
                }

                @Override
                public void silent(String from, String why) {
                  hush(from, why);
                }
              });
      if (answer instanceof Answer.Refused refused) {
        notes.accept(missing + refused.why());
      } else if (answer instanceof Answer.Nobody nobody) {
        notes.accept(missing + nobody.why());
      }
    } catch (IOException e) {
      notes.accept(missing + ExitCode.explain(e));
    }
  }

  /** One whose link is down is told already. */
  private void hush(String from, String why) {
    boolean told =
        daemons.stream()
            .filter(daemon -> daemon.from().isEmpty())
            .flatMap(daemon -> daemon.status().links().stream())
            .anyMatch(link -> link.to().equals(from) && !link.up());
    if (told) {
      notes.accept(from + " cannot be asked: " + why);
    } else {
      silent.add(new Silent(from, why));
    }
  }

  private void take(Optional<String> from, JsonNode item) throws IOException {
    StatusItem read = LiveJson.mapper().treeToValue(item, StatusItem.class);
    read.daemon().ifPresent(daemon -> daemons.add(new Sight.Daemon(from, daemon)));
    read.flux().ifPresent(flux -> fluxes.add(new Sight.Flux(from, Source.LIVE, flux)));
  }
}
