/**
 * The daemon of the file server: takes deposits from the inboxes, publishes them, archives what has
 * arrived, and puts the acknowledgements that come home into {@code out}.
 *
 * <p>The door is {@link fr.epiconcept.navette.ingest.IngestDaemon}; {@link
 * fr.epiconcept.navette.ingest.Fluxes} keeps its fluxes apart from each other's faults; {@link
 * fr.epiconcept.navette.ingest.FluxIngest} is one flux and names its parts in the order of a file's
 * way. Nothing here knows the worker but by the messages.
 */
package fr.epiconcept.navette.ingest;
