/**
 * The durable file operations: nobody else renames, syncs or gives a file its owner.
 *
 * <p>What has been moved, written or landed by this room stands after a power cut, whole or not at
 * all. It knows no flux and no message.
 */
package fr.epiconcept.navette.flux.file;
