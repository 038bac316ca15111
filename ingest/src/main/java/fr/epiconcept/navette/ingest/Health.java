package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.broker.EmbeddedBroker;
import fr.epiconcept.navette.broker.link.BrokerLink;
import fr.epiconcept.navette.flux.turn.Turns;
import java.time.Duration;
import java.util.Optional;

/** Whether the daemon as a whole makes progress. One flux that hangs is no fault of the others. */
final class Health {
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final EmbeddedBroker broker;
  private final BrokerLink link;
  private final Turns turns;

  Health(EmbeddedBroker broker, BrokerLink link, Turns turns) {
    this.broker = broker;
    this.link = link;
    this.turns = turns;
  }

  /** Why it makes none, in one line. Does not wait. */
  Optional<String> stalled() {
    if (!broker.isActive()) {
      return Optional.of("the broker has stopped");
    }
    if (!link.state().up()) {
      return Optional.of(
          "no link to the broker in the same process: "
              + link.state().lastError().orElse("it is just being made"));
    }
    Duration silence = turns.lastBeat();
    return silence.compareTo(SILENCE) > 0
        ? Optional.of("no flux was woken for " + silence.toSeconds() + " s")
        : Optional.empty();
  }
}
