package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import fr.epiconcept.navette.flux.view.Limited;
import fr.epiconcept.navette.flux.view.Listing;
import fr.epiconcept.navette.flux.view.More;
import fr.epiconcept.navette.flux.view.Selection;
import fr.epiconcept.navette.flux.view.Unseen;
import fr.epiconcept.navette.flux.view.Waiting;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;

/**
 * The verb {@code pending}: what of each flux waits here, from the disk and from the memory of
 * those that run. An item is a {@link Waiting} or an {@link Unseen}, or a {@link More}.
 */
final class Pending {
  private final Fluxes fluxes;
  private final Holds holds;
  private final SentBack.Queues queues;
  private final InstantSource clock;

  Pending(Fluxes fluxes, Holds holds, SentBack.Queues queues, InstantSource clock) {
    this.fluxes = fluxes;
    this.holds = holds;
    this.queues = queues;
    this.clock = clock;
  }

  void answer(Question question, Asker asker, Reply reply) throws Refusal, IOException {
    Selection selection = Selection.from(question, clock.instant());
    Limited listing = new Limited(selection.limit(), listing(reply));
    Map<FluxName, FluxIngest> running = new TreeMap<>();
    fluxes.running().forEach(flux -> running.put(flux.name(), flux));
    Map<FluxName, String> down = new TreeMap<>(fluxes.down());
    down.keySet().removeAll(running.keySet());
    question.get("flux").ifPresent(only -> running.keySet().removeIf(each -> isNot(only, each)));
    question.get("flux").ifPresent(only -> down.keySet().removeIf(each -> isNot(only, each)));
    for (FluxIngest flux : running.values()) {
      flux.view(clock, holds.of(flux.name()), queues).list(selection, listing);
    }
    for (More more : listing.others()) {
      reply.item(more);
    }
    for (Map.Entry<FluxName, String> flux : down.entrySet()) {
      reply.item(new Unseen(flux.getKey(), "the flux is down: " + flux.getValue(), true));
    }
  }

  private static boolean isNot(String only, FluxName each) {
    return !each.value().equals(only);
  }

  private static Listing listing(Reply reply) {
    return new Listing() {
      @Override
      public void waiting(Waiting file) throws IOException {
        reply.item(file);
      }

      @Override
      public void unseen(FluxName flux, String why) throws IOException {
        reply.item(new Unseen(flux, why, false));
      }
    };
  }
}
