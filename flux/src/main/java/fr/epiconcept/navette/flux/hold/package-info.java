/**
 * Which fluxes are held, on either server: {@link fr.epiconcept.navette.flux.hold.Holds} reads and
 * writes {@code <state>/hold/<flux>}, a file that survives restarts and that an operator may remove
 * by hand.
 */
package fr.epiconcept.navette.flux.hold;
