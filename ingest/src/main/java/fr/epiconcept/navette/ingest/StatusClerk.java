package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.Taker;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.live.Asked;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Reply;
import fr.epiconcept.navette.flux.pulse.Inquiries;
import fr.epiconcept.navette.flux.pulse.Pulse;
import fr.epiconcept.navette.flux.pulse.Pulses;
import fr.epiconcept.navette.flux.view.FluxStatus;
import fr.epiconcept.navette.flux.view.FluxStatus.Taking;
import fr.epiconcept.navette.flux.view.StatusItem;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Answers {@code status}: the daemon, then each flux that is asked for; a {@link StatusItem} each.
 */
final class StatusClerk {
  private final DaemonReport daemon;
  private final Fluxes fluxes;
  private final Pulses pulses;
  private final Function<FluxName, List<Taker>> takers;
  private final Inquiries inquiries;
  private final InstantSource clock;

  /**
   * The clerk.
   *
   * @param takers the sessions of workers that take the files of a flux
   */
  StatusClerk(
      DaemonReport daemon,
      Fluxes fluxes,
      Pulses pulses,
      Function<FluxName, List<Taker>> takers,
      Inquiries inquiries,
      InstantSource clock) {
    this.daemon = daemon;
    this.fluxes = fluxes;
    this.pulses = pulses;
    this.takers = takers;
    this.inquiries = inquiries;
    this.clock = clock;
  }

  void answer(Question question, Asker asker, Reply reply)
      throws IOException, InterruptedException {
    Asked asked = Asked.in(question);
    Inquiries.Round round = inquiries.round();
    Set<FluxName> running = new HashSet<>();
    reply.item(StatusItem.of(asker.here() ? daemon.now() : daemon.now().asSeenBy(asker.name())));
    for (FluxIngest flux : fluxes.running()) {
      running.add(flux.name());
      if (asked.includes(flux.name())) {
        reply.item(
            StatusItem.of(round.ask(flux.name(), () -> report(flux)).orElseGet(() -> hangs(flux))));
      }
    }
    for (Map.Entry<FluxName, String> flux : fluxes.down().entrySet()) {
      // One that comes up at this moment is among both.
      if (asked.includes(flux.getKey()) && !running.contains(flux.getKey())) {
        reply.item(StatusItem.of(unknown(flux.getKey(), false, flux.getValue())));
      }
    }
  }

  private FluxStatus hangs(FluxIngest flux) {
    return unknown(flux.name(), true, "its folders do not answer: does their file system hang?");
  }

  private FluxStatus report(FluxIngest flux) {
    FluxName name = flux.name();
    try {
      List<Taker> taking = takers.apply(name);
      FluxStatus status =
          flux.report()
              .now(pulses.of(name), taking.size(), clock.instant())
              .takenBy(several(taking));
      return flux.leaving().map(status::leaving).orElse(status);
    } catch (IOException e) {
      return unknown(name, true, e.toString());
    }
  }

  /** One that is alone needs no word: it is active. */
  private static List<Taking> several(List<Taker> taking) {
    return taking.size() < 2
        ? List.of()
        : taking.stream().map(each -> new Taking(each.account(), each.active())).toList();
  }

  private FluxStatus unknown(FluxName flux, boolean running, String why) {
    Pulse pulse = pulses.of(flux);
    return FluxStatus.unknown(flux, Side.INGEST, running, why, pulse.lastFile(), pulse.lastError());
  }
}
