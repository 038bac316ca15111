package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.hold.HoldVerbs;
import fr.epiconcept.navette.flux.hold.Holds;
import fr.epiconcept.navette.flux.life.Lives;
import fr.epiconcept.navette.flux.life.Searchable;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import fr.epiconcept.navette.flux.reload.Standing;
import fr.epiconcept.navette.flux.view.Held;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the file server's daemon can be asked while it runs. */
final class IngestDesk implements HoldVerbs.Running {
  private final Fluxes fluxes;
  private final BalanceClerk balance;

  private IngestDesk(Fluxes fluxes, BalanceClerk balance) {
    this.fluxes = fluxes;
    this.balance = balance;
  }

  static Desk open(Fluxes fluxes, BalanceClerk balance, Holds holds, SentBack.Queues queues) {
    IngestDesk desk = new IngestDesk(fluxes, balance);
    Desk made =
        new Desk()
            .on("fluxes", desk::fluxes)
            .on("rescan", desk::rescan)
            .on("replay", desk::replay)
            .on("pending", new Pending(fluxes, holds, queues, InstantSource.system())::answer)
            .on(Lives.VERB, new Lives(desk::searchable, desk::logs)::answer)
            .on("balance", desk::balance);
    return HoldVerbs.on(made, holds, desk);
  }

  private Collection<Searchable> searchable() {
    return fluxes.running().stream().map(FluxIngest::searchable).toList();
  }

  /** Also of those that cannot start now. */
  private Map<FluxName, Path> logs() {
    return fluxes.lineup().standing().stream()
        .map(Standing::config)
        .collect(Collectors.toMap(FluxConfig::name, config -> config.ingest().orElseThrow().log()));
  }

  /** {@code flux}: that one only; {@code from}, {@code to}, {@code deep}. */
  private void balance(Question question, Asker asker, Reply reply)
      throws Refusal, IOException, InterruptedException {
    balance.answer(question, asker, meant(question), reply);
  }

  /** Which run. One item a flux. */
  private void fluxes(Question question, Asker asker, Reply reply) throws IOException {
    for (FluxIngest flux : fluxes.running()) {
      reply.item(Map.of("flux", flux.name()));
    }
  }

  /** {@code flux}: that one only. One item a flux. */
  private void rescan(Question question, Asker asker, Reply reply) throws Refusal, IOException {
    for (FluxIngest flux : meant(question)) {
      flux.rescan();
      reply.item(Map.of("flux", flux.name(), "folder", flux.inbox().toString()));
    }
  }

  /** {@code flux}, and what {@link ReplayOrder} says; with {@code dry-run} nothing is done. */
  private void replay(Question question, Asker asker, Reply reply)
      throws Refusal, IOException, InterruptedException {
    ReplayOrder selection = ReplayOrder.of(question);
    Replay replay = flux(question.get("flux").orElse("")).replay();
    if (question.get("dry-run").isPresent()) {
      replay.show(selection, reply);
    } else {
      replay.run(selection, asker, reply);
    }
  }

  private List<FluxIngest> meant(Question question) throws Refusal {
    Optional<String> name = question.get("flux");
    return name.isEmpty() ? fluxes.running() : List.of(flux(name.get()));
  }

  private FluxIngest flux(String name) throws Refusal {
    return fluxes.running().stream()
        .filter(flux -> flux.name().value().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new Refusal("flux " + name + " does not run here; `navette status` says why"));
  }

  @Override
  public Held hold(FluxName flux, String by, String why, Optional<Instant> until)
      throws Refusal, IOException {
    return flux(flux.value()).hold().hold(by, why, until);
  }

  @Override
  public boolean resume(FluxName flux, String by) throws Refusal, IOException {
    return flux(flux.value()).hold().resume(by);
  }
}
