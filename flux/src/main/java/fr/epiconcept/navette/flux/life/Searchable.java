package fr.epiconcept.navette.flux.life;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.config.WorkerSection;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where a server has what is known of the files of a flux.
 *
 * @param flux the flux
 * @param log its log on this server
 * @param kept where files are kept below a folder a day, by the word of {@code Trace.where}
 * @param inbox where files stand that nobody has taken yet
 * @param recursive whether they stand in its sub-folders too
 * @param marks what is remembered of each file
 */
public record Searchable(
    FluxName flux,
    Path log,
    Map<String, Path> kept,
    Optional<Path> inbox,
    boolean recursive,
    Optional<Path> marks) {

  /** One whose inbox, if it has one, has no sub-folders. */
  public Searchable(
      FluxName flux, Path log, Map<String, Path> kept, Optional<Path> inbox, Optional<Path> marks) {
    this(flux, log, kept, inbox, false, marks);
  }

  /** That of the file server. */
  public static Searchable of(FluxName flux, IngestSection section) {
    Map<String, Path> kept = new LinkedHashMap<>();
    kept.put("archive", section.archive());
    kept.put("quarantine", section.quarantine());
    return new Searchable(
        flux,
        section.log(),
        kept,
        Optional.of(section.inbox()),
        section.ready().recursive(),
        Optional.empty());
  }

  /**
   * That of the processing server.
   *
   * @param state the daemon's state folder
   */
  public static Searchable of(FluxName flux, WorkerSection section, Path state) {
    Map<String, Path> kept = new LinkedHashMap<>();
    section.archive().ifPresent(folder -> kept.put("worker-archive", folder));
    Path marks = state.resolve("flux").resolve(flux.value()).resolve("deposits");
    return new Searchable(flux, section.log(), kept, Optional.empty(), Optional.of(marks));
  }
}
