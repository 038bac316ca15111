package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.FluxName;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One flux as its file defines it. The same file may stand on both servers: each daemon reads its
 * section.
 *
 * @param name the flux's name, that of the file
 * @param file the file, for messages
 * @param ingest what the file server does
 * @param worker what the processing server does
 * @param alerts when somebody is called, with what {@code navette.yml} says where the file does not
 */
public record FluxConfig(
    FluxName name,
    Path file,
    Optional<IngestSection> ingest,
    Optional<WorkerSection> worker,
    AlertRules alerts) {
  /** A flux for which nobody is called. */
  public FluxConfig(
      FluxName name, Path file, Optional<IngestSection> ingest, Optional<WorkerSection> worker) {
    this(name, file, ingest, worker, AlertRules.NONE);
  }
}
