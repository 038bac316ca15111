/**
 * The daemon of the processing server: receives deposits, puts them into storage, runs the flux's
 * script on each, and sends outcomes and acknowledgements home.
 *
 * <p>The door is {@link fr.epiconcept.navette.worker.WorkerDaemon}; {@link
 * fr.epiconcept.navette.worker.Processing} is the way of one file: receive, receipt, process,
 * settle. Nothing here knows the file server but by the messages.
 */
package fr.epiconcept.navette.worker;
