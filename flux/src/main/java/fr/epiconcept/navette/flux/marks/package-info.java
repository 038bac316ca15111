/**
 * What a daemon remembers of each file that reached it, so that nothing is done twice: one small
 * text file an id, appended to and synced at each step.
 *
 * <p>{@code open/<id>} as long as the other side may still ask, then {@code done/<day>/<id>}, the
 * day being that of the claim, for a set time after that. The steps themselves belong to whoever
 * writes them; this room only keeps lines.
 */
package fr.epiconcept.navette.flux.marks;
