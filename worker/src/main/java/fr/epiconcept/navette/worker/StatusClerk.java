package fr.epiconcept.navette.worker;

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
import fr.epiconcept.navette.flux.view.StatusItem;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Answers {@code status}: the daemon, then each flux that is asked for; a {@link StatusItem} each.
 */
final class StatusClerk {
  private final DaemonReport daemon;
  private final Collection<FluxWorker> fluxes;
  private final Map<FluxName, String> down;
  private final Pulses pulses;
  private final Inquiries inquiries;
  private final InstantSource clock;

  /**
   * The clerk.
   *
   * @param fluxes those that run, at any time
   * @param down those that do not, and why, at any time
   */
  StatusClerk(
      DaemonReport daemon,
      Collection<FluxWorker> fluxes,
      Map<FluxName, String> down,
      Pulses pulses,
      Inquiries inquiries,
      InstantSource clock) {
    this.daemon = daemon;
    this.fluxes = fluxes;
    this.down = down;
    this.pulses = pulses;
    this.inquiries = inquiries;
    this.clock = clock;
  }

  void answer(Question question, Asker asker, Reply reply)
      throws IOException, InterruptedException {
    Asked asked = Asked.in(question);
    Inquiries.Round round = inquiries.round();
    Set<FluxName> running = new HashSet<>();
    reply.item(StatusItem.of(daemon.now()));
    for (FluxWorker flux : fluxes) {
      running.add(flux.name());
      if (asked.includes(flux.name())) {
        reply.item(
            StatusItem.of(round.ask(flux.name(), () -> report(flux)).orElseGet(() -> hangs(flux))));
      }
    }
    for (Map.Entry<FluxName, String> flux : down.entrySet()) {
      // One that comes up at this moment is among both.
      if (asked.includes(flux.getKey()) && !running.contains(flux.getKey())) {
        reply.item(StatusItem.of(unknown(flux.getKey(), false, flux.getValue())));
      }
    }
  }

  private FluxStatus hangs(FluxWorker flux) {
    return unknown(flux.name(), true, "its folders do not answer: does their file system hang?");
  }

  private FluxStatus report(FluxWorker flux) {
    try {
      FluxStatus status = flux.report().now(pulses.of(flux.name()), clock.instant());
      return flux.leaving().map(status::leaving).orElse(status);
    } catch (IOException e) {
      return unknown(flux.name(), true, e.toString());
    }
  }

  private FluxStatus unknown(FluxName flux, boolean running, String why) {
    Pulse pulse = pulses.of(flux);
    return FluxStatus.unknown(flux, Side.WORKER, running, why, pulse.lastFile(), pulse.lastError());
  }
}
