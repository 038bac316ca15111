package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.hold.HoldVerbs;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.life.Lives;
import fr.epiconcept.navette.flux.life.Searchable;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import fr.epiconcept.navette.flux.view.Held;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What the processing server's daemon can be asked while it runs. */
final class WorkerDesk implements HoldVerbs.Running {
  private final Collection<FluxWorker> fluxes;

  private WorkerDesk(Collection<FluxWorker> fluxes) {
    this.fluxes = fluxes;
  }

  /**
   * The desk.
   *
   * @param fluxes those that run, at any time
   * @param logs where each flux writes its log, at any time; also those that cannot start now
   */
  static Desk open(Collection<FluxWorker> fluxes, Supplier<Map<FluxName, Path>> logs, Holds holds) {
    WorkerDesk desk = new WorkerDesk(fluxes);
    Desk made =
        new Desk()
            .on("fluxes", desk::fluxes)
            .on("rescan", desk::rescan)
            .on("pending", new Pending(fluxes, InstantSource.system())::answer)
            .on(Lives.VERB, new Lives(desk::searchable, logs)::answer);
    return HoldVerbs.on(made, holds, desk);
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

  /** {@code flux}: that one only. One item a flux that has an {@code out}. */
  private void rescan(Question question, Asker asker, Reply reply) throws Refusal, IOException {
    Optional<String> only = question.get("flux");
    List<FluxWorker> meant =
        fluxes.stream()
            .filter(flux -> only.isEmpty() || flux.name().value().equals(only.get()))
            .toList();
    if (only.isPresent() && meant.isEmpty()) {
      throw notHere(only.get());
    }
    for (FluxWorker flux : meant) {
      if (flux.rescan()) {
        reply.item(Map.of("flux", flux.name(), "folder", flux.out().orElseThrow().toString()));
      }
    }
  }

  @Override
  public Held hold(FluxName flux, String by, String why, Optional<Instant> until)
      throws Refusal, IOException {
    return lanes(flux).hold(by, why, until);
  }

  @Override
  public boolean resume(FluxName flux, String by) throws Refusal, IOException {
    return lanes(flux).resume(by);
  }

  private Lanes lanes(FluxName name) throws Refusal {
    return fluxes.stream()
        .filter(flux -> flux.name().equals(name))
        .findFirst()
        .orElseThrow(() -> notHere(name.value()))
        .lanes();
  }

  private static Refusal notHere(String flux) {
    return new Refusal("flux " + flux + " does not run here; `navette status` says why");
  }
}
