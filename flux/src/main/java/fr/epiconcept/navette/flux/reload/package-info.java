/**
 * How the fluxes of a running daemon become those that its configuration asks for: {@link
 * fr.epiconcept.navette.flux.reload.Lineup} brings each there on its own, and leaves alone what is
 * not changed.
 */
package fr.epiconcept.navette.flux.reload;
