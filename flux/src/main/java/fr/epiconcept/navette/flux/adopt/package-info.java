/**
 * Reads the configuration of <em>indird</em>, the daemon that did this work before, and writes what
 * it says as fluxes of ours. Whatever cannot be said in a flux's file becomes a note, and a value
 * that only a person knows becomes one that {@code navette check} refuses. Nothing of the old
 * configuration is ever run.
 *
 * <p>The door is {@link fr.epiconcept.navette.flux.adopt.Adoption}.
 */
package fr.epiconcept.navette.flux.adopt;
