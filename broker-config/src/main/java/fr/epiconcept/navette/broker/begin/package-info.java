/**
 * Who begins a deposit that several workers could get: before a script starts its worker asks, and
 * ingest has it on disk before it says yes. So no other takes for fresh what one had begun, whoever
 * dies in between.
 *
 * <p>A worker's end is {@link fr.epiconcept.navette.broker.begin.Beginning}, ingest's is {@link
 * fr.epiconcept.navette.broker.begin.Registering}; what they say is a {@link
 * fr.epiconcept.navette.broker.begin.Note}.
 */
package fr.epiconcept.navette.broker.begin;
