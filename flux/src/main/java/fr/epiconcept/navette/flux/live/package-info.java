/**
 * Asking a daemon that runs: what only its memory knows, and what only it may do.
 *
 * <p>A daemon's {@link fr.epiconcept.navette.flux.live.Desk} knows what can be asked; a Unix domain
 * socket in the run folder ({@code ingest.sock}, {@code worker.sock}; mode 0660) brings the
 * questions of commands to it. The wire is one line of JSON each way and item:
 *
 * <pre>
 * → {"verb":"pending","with":{"flux":"labo"}}
 * ← {"item":{…}}     any number, as they are found: neither side keeps them
 * ← {"busy":true}    every few seconds without an item: it still works
 * ← {"end":true}     or {"refused":"one line for the user"}
 * </pre>
 *
 * <p>Whoever may open the socket may ask everything; the daemon learns the user's name from the
 * kernel, for its logs.
 */
package fr.epiconcept.navette.flux.live;
