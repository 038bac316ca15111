/**
 * The bytes of large files, which do not go through the broker's disk: the worker wants them piece
 * by piece, and ingest reads them from where it keeps the file anyway.
 *
 * <p>The doors are {@link fr.epiconcept.navette.broker.fetch.Fetching}, which wants, and {@link
 * fr.epiconcept.navette.broker.fetch.Serving}, which gives. Neither keeps anything: whoever was cut
 * wants again, from the byte that he lacks. What was promised of a file is in its message, so
 * nothing that comes here has to be believed.
 */
package fr.epiconcept.navette.broker.fetch;
