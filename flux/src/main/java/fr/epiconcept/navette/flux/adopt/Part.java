package fr.epiconcept.navette.flux.adopt;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One flux of ours on one host.
 *
 * @param name of the flux, as far as the old one gives it
 * @param tag what the old daemon called it
 * @param at where it stands
 * @param ingest its section, if the host is where partners deposit
 * @param worker its section, if the host is where files are processed
 */
record Part(
    String name,
    String tag,
    Old.Where at,
    Optional<Map<String, Object>> ingest,
    Optional<Map<String, Object>> worker) {

  Map<String, Object> sections() {
    Map<String, Object> sections = new LinkedHashMap<>();
    ingest.ifPresent(keys -> sections.put("ingest", keys));
    worker.ifPresent(keys -> sections.put("worker", keys));
    return sections;
  }

  Part named(String other) {
    return new Part(other, tag, at, ingest, worker);
  }

  /** Whether both halves together are one flux. */
  boolean completes(Part other) {
    return ingest.isPresent() != other.ingest.isPresent()
        && worker.isPresent() != other.worker.isPresent();
  }

  Part with(Part other) {
    return new Part(name, tag, at, ingest.or(other::ingest), worker.or(other::worker));
  }
}
