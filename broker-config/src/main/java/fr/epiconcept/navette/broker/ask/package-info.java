/**
 * Questions between the two daemons, over the broker that joins them already: an operator on either
 * server sees both.
 *
 * <p>The doors are {@link fr.epiconcept.navette.broker.ask.Asking}, one end of one link, and {@link
 * fr.epiconcept.navette.broker.ask.Elsewhere}, which asks several ends at once. Nothing here
 * touches a file or knows what a question means. Whatever goes wrong here costs an answer, never a
 * file: links, sessions and threads are its own, and all that is kept is bounded.
 */
package fr.epiconcept.navette.broker.ask;
