/**
 * The life of a file, read from the logs of its flux and from what stands on disk; nothing is
 * changed.
 *
 * <p>The door is {@link fr.epiconcept.navette.flux.life.Lives}: the verb {@code show} of both
 * daemons, and what the command does by itself when no daemon answers.
 */
package fr.epiconcept.navette.flux.life;
