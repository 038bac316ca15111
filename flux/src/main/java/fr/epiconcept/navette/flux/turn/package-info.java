/**
 * How work is taken in turns: one at a time for each flux, on threads that exist only while there
 * is work, and without ever losing a wake-up.
 */
package fr.epiconcept.navette.flux.turn;
