package fr.epiconcept.navette.flux.hold;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.live.Asker;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.Question;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.live.Reply;
import fr.epiconcept.navette.flux.view.Held;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a daemon is asked about holds: {@code hold} ({@code flux}, {@code why}, {@code until}),
 * {@code resume} ({@code flux}) and {@code holds} (all, or those of {@code flux}).
 */
public final class HoldVerbs {
  private final Holds holds;
  private final Running running;

  /** The fluxes of a daemon while it runs. */
  public interface Running {
    /**
     * Holds a flux.
     *
     * @throws Refusal if it does not run here
     */
    Held hold(FluxName flux, String by, String why, Optional<Instant> until)
        throws Refusal, IOException;

    /**
     * Ends the hold of a flux.
     *
     * @return whether there was one
     * @throws Refusal if it does not run here
     */
    boolean resume(FluxName flux, String by) throws Refusal, IOException;
  }

  private HoldVerbs(Holds holds, Running running) {
    this.holds = holds;
    this.running = running;
  }

  /** Lets {@code desk} be asked. */
  public static Desk on(Desk desk, Holds holds, Running running) {
    HoldVerbs verbs = new HoldVerbs(holds, running);
    return desk.on("hold", verbs::hold).on("resume", verbs::resume).on("holds", verbs::holds);
  }

  private void hold(Question question, Asker asker, Reply reply) throws Refusal, IOException {
    Optional<Instant> until = until(question);
    reply.item(
        running.hold(
            flux(question).orElseThrow(HoldVerbs::noFlux),
            asker.toString(),
            question.get("why").orElse(""),
            until));
  }

  private void resume(Question question, Asker asker, Reply reply) throws Refusal, IOException {
    FluxName flux = flux(question).orElseThrow(HoldVerbs::noFlux);
    reply.item(Map.of("flux", flux, "was", running.resume(flux, asker.toString())));
  }

  private void holds(Question question, Asker asker, Reply reply) throws Refusal, IOException {
    Optional<FluxName> only = flux(question);
    for (Held held : holds.all()) {
      if (only.isEmpty() || only.get().equals(held.flux())) {
        reply.item(held);
      }
    }
  }

  private static Optional<FluxName> flux(Question question) throws Refusal {
    Optional<String> name = question.get("flux");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    Optional<FluxName> flux = FluxName.parse(name.get());
    if (flux.isEmpty()) {
      throw new Refusal("'" + name.get() + "' is no name of a flux");
    }
    return flux;
  }

  private static Refusal noFlux() {
    return new Refusal("which flux?");
  }

  private static Optional<Instant> until(Question question) throws Refusal {
    try {
      return question.get("until").map(Instant::parse);
    } catch (DateTimeException wrong) {
      throw new Refusal("'" + question.get("until").orElseThrow() + "' is no instant");
    }
  }
}
