/**
 * Files of fluxes that a command writes, rather than a person: each is known by its first line, and
 * nothing else is ever touched.
 *
 * <p>The door is {@link fr.epiconcept.navette.flux.written.WrittenFluxes}.
 */
package fr.epiconcept.navette.flux.written;
