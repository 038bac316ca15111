package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import fr.epiconcept.navette.flux.view.Limited;
import fr.epiconcept.navette.flux.view.Listing;
import fr.epiconcept.navette.flux.view.More;
import fr.epiconcept.navette.flux.view.Selection;
import fr.epiconcept.navette.flux.view.Selection.Part;
import fr.epiconcept.navette.flux.view.Serving;
import fr.epiconcept.navette.flux.view.Unseen;
import fr.epiconcept.navette.flux.view.Waiting;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * The verb {@code pending}: what of each flux waits here, from the disk and from memory. An item is
 * a {@link Waiting}, an {@link Unseen} or a {@link More}; of deposits, a {@link Serving} comes
 * first for each flux.
 */
final class Pending {
  private final Collection<FluxWorker> fluxes;
  private final InstantSource clock;

  Pending(Collection<FluxWorker> fluxes, InstantSource clock) {
    this.fluxes = fluxes;
    this.clock = clock;
  }

  void answer(Question question, Asker asker, Reply reply) throws Refusal, IOException {
    Selection selection = Selection.from(question, clock.instant());
    Listing all =
        new Listing() {
          @Override
          public void waiting(Waiting file) throws IOException {
            reply.item(file);
          }

          @Override
          public void unseen(FluxName flux, String why) throws IOException {
            reply.item(new Unseen(flux, why, false));
          }
        };
    Limited listing = new Limited(selection.limit(), all);
    for (FluxWorker flux : meant(question)) {
      WorkerView view = flux.view(clock);
      if (selection.wants(Part.DEPOSITS)) {
        reply.item(view.serving());
      }
      view.list(selection, listing);
    }
    for (More more : listing.others()) {
      reply.item(more);
    }
  }

  private List<FluxWorker> meant(Question question) {
    return fluxes.stream()
        .filter(
            flux ->
                question.get("flux").filter(only -> !only.equals(flux.name().value())).isEmpty())
        .sorted(Comparator.comparing(FluxWorker::name))
        .toList();
  }
}
