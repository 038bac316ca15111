package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One event of a file's life, as one server's log of the flux has it.
 *
 * @param time by that server's clock
 * @param flux whose log it is; where fluxes share a log, the first of them
 * @param id the file of which it tells: a deposit, or an acknowledgement
 * @param level {@code INFO}, {@code WARN} or {@code ERROR}
 * @param event a word of docs/formats.md
 * @param values what the log says beside, in its order
 */
public record LifeEvent(
    Instant time,
    FluxName flux,
    Optional<FileId> id,
    String level,
    String event,
    Map<String, String> values) {
  public LifeEvent {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /** The value of that key. */
  public Optional<String> value(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** The id that stands under that key. */
  public Optional<FileId> idAt(String key) {
    return value(key).flatMap(FileId::parse);
  }

  /** The deposit that an acknowledgement answers, or the file itself. */
  public Optional<FileId> story() {
    boolean answers = event.startsWith("answer-");
    return answers ? idAt("related").or(() -> id) : id;
  }
}
