package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FluxName;
import java.time.Instant;
import java.util.Optional;

/**
 * How a processing server serves a flux.
 *
 * @param flux the flux
 * @param concurrency how many files it processes at once
 * @param held why it is held; empty: it is not
 * @param since when it was held
 */
public record Serving(
    FluxName flux, int concurrency, Optional<String> held, Optional<Instant> since) {}
