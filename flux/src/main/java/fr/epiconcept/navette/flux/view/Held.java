package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * A flux whose processing somebody has stopped.
 *
 * @param flux which
 * @param side of which server: on {@code INGEST} the queue gives nothing to any worker, on {@code
 *     WORKER} this worker takes nothing
 * @param since when it was held
 * @param by who held it, as far as that is known
 * @param why one line; may be empty
 * @param until when the hold ends by itself; nothing: when somebody resumes the flux
 */
public record Held(
    FluxName flux,
    Side side,
    Instant since,
    Optional<String> by,
    String why,
    Optional<Instant> until) {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  /** One line for people: why, by whom and until when. */
  public String reason() {
    StringBuilder line = new StringBuilder(why.isEmpty() ? "held" : why);
    by.ifPresent(who -> line.append(" (").append(who).append(')'));
    until.ifPresent(
        end -> line.append(", until ").append(SECONDS.format(end.atZone(ZoneId.systemDefault()))));
    return line.toString();
  }
}
