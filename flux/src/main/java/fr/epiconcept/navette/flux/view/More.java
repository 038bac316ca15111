package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import java.time.Instant;

/**
 * Files that are counted and not listed, because so many were not asked for.
 *
 * @param flux their flux
 * @param place where they wait
 * @param more how many
 * @param oldest since when the first of them is at that place
 */
public record More(FluxName flux, Place place, int more, Instant oldest) {}
