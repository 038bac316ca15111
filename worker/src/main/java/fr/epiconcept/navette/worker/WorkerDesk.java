package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.life.Lives;
import fr.epiconcept.navette.flux.life.Searchable;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Reply;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;

/** What the processing server's daemon can be asked while it runs. */
final class WorkerDesk {
  private final Collection<FluxWorker> fluxes;

  private WorkerDesk(Collection<FluxWorker> fluxes) {
    this.fluxes = fluxes;
  }

  static Desk open(Collection<FluxWorker> fluxes) {
    WorkerDesk desk = new WorkerDesk(fluxes);
    return new Desk()
        .on("fluxes", desk::fluxes)
        .on("pending", new Pending(fluxes, InstantSource.system())::answer)
        .on(Lives.VERB, new Lives(desk::searchable)::answer);
  }

  private Collection<Searchable> searchable() {
    return fluxes.stream().map(FluxWorker::searchable).toList();
  }

  /** Which run. One item a flux. */
  private void fluxes(Question question, Asker asker, Reply reply) throws IOException {
    for (FluxWorker flux : fluxes) {
      reply.item(Map.of("flux", flux.name(), "busy", flux.isBusy()));
    }
  }
}
