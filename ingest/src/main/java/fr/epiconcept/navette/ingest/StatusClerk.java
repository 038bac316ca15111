package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Reply;
import fr.epiconcept.navette.flux.pulse.Pulse;
import fr.epiconcept.navette.flux.pulse.Pulses;
import fr.epiconcept.navette.flux.view.FluxStatus;
import fr.epiconcept.navette.flux.view.StatusItem;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * Answers {@code status}: the daemon, then each flux; {@code flux}: that one only. An item of
 * {@link StatusItem} each.
 */
final class StatusClerk {
  private final DaemonReport daemon;
  private final Fluxes fluxes;
  private final Pulses pulses;
  private final ToIntFunction<FluxName> takers;
  private final InstantSource clock;

  /**
   * The clerk.
   *
   * @param takers how many sessions of workers take the files of a flux
   */
  StatusClerk(
      DaemonReport daemon,
      Fluxes fluxes,
      Pulses pulses,
      ToIntFunction<FluxName> takers,
      InstantSource clock) {
    this.daemon = daemon;
    this.fluxes = fluxes;
    this.pulses = pulses;
    this.takers = takers;
    this.clock = clock;
  }

  void answer(Question question, Asker asker, Reply reply) throws IOException {
    reply.item(StatusItem.of(daemon.now()));
    for (FluxIngest flux : fluxes.running()) {
      if (isAsked(question, flux.name())) {
        reply.item(StatusItem.of(report(flux)));
      }
    }
    for (Map.Entry<FluxName, String> flux : fluxes.down().entrySet()) {
      if (isAsked(question, flux.getKey())) {
        reply.item(StatusItem.of(unknown(flux.getKey(), false, flux.getValue())));
      }
    }
  }

  private static boolean isAsked(Question question, FluxName flux) {
    return question.get("flux").map(flux.value()::equals).orElse(true);
  }

  private FluxStatus report(FluxIngest flux) {
    FluxName name = flux.name();
    try {
      return flux.report().now(pulses.of(name), takers.applyAsInt(name), clock.instant());
    } catch (IOException e) {
      return unknown(name, true, e.toString());
    }
  }

  private FluxStatus unknown(FluxName flux, boolean running, String why) {
    Pulse pulse = pulses.of(flux);
    return FluxStatus.unknown(flux, Side.INGEST, running, why, pulse.lastFile(), pulse.lastError());
  }
}
