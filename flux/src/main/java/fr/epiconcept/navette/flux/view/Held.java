package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import java.time.Instant;
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
    Optional<Instant> until) {}
