package fr.epiconcept.navette.flux.alert;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.AlertClass;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Something that is wrong now, and lasts.
 *
 * @param alert what kind of thing
 * @param flux the flux concerned; absent: no single one
 * @param subject what tells it from others of the same kind: an account, a file; may be empty
 * @param since when it began
 * @param message one line for people
 * @param values what else is known
 */
public record Condition(
    AlertClass alert,
    Optional<FluxName> flux,
    String subject,
    Instant since,
    String message,
    Map<String, String> values) {
  public Condition {
    values = Map.copyOf(values);
  }
}
