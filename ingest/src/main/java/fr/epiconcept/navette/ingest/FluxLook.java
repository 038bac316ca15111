package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.alert.Condition;
import fr.epiconcept.navette.flux.alert.FluxMemory;
import fr.epiconcept.navette.flux.alert.HeldFlux;
import fr.epiconcept.navette.flux.alert.OldestWaiting;
import fr.epiconcept.navette.flux.config.AlertClass;
import fr.epiconcept.navette.flux.config.AlertRules;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.config.Side;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What lasts too long in one flux on the file server. In one turn. */
final class FluxLook {
  private final AlertRules rules;
  private final FluxMemory memory;
  private final HeldFlux held;
  private final OldestWaiting waiting;
  private Optional<Condition> oldest = Optional.empty();

  FluxLook(FluxConfig flux, Path state, FluxMemory memory, InstantSource clock) {
    IngestSection section = flux.ingest().orElseThrow();
    this.rules = flux.alerts();
    this.memory = memory;
    this.held = new HeldFlux(flux.name(), state, Side.INGEST);
    this.waiting =
        new OldestWaiting(
            flux.name(),
            section.spool(),
            Optional.of(new OldestWaiting.Folder(section.inbox(), section.ready())),
            clock);
  }

  List<Condition> now() throws IOException {
    memory.tellOverdue();
    Optional<Condition> hold = held.now();
    // While it is held files wait on purpose: that is no news, and no end of what was told before.
    if (hold.isEmpty() && rules.wants(AlertClass.OLDEST) && rules.oldest().isPresent()) {
      oldest = waiting.now(rules.oldest().get());
    }
    List<Condition> wrong = new ArrayList<>();
    hold.ifPresent(wrong::add);
    oldest.ifPresent(wrong::add);
    memory.silence().ifPresent(wrong::add);
    return wrong;
  }
}
