/**
 * The books of a flux on the file server: which files it was given, and how each of them ended.
 *
 * <p>A second count, kept apart from the folders in which the files themselves stand, so that both
 * can be compared: what vanishes from a folder does not vanish from here. {@link
 * fr.epiconcept.navette.flux.ledger.Ledger} writes, {@link
 * fr.epiconcept.navette.flux.ledger.LedgerView} reads; nothing on the way of a file depends on
 * either.
 */
package fr.epiconcept.navette.flux.ledger;
