/**
 * What the log of a flux tells, kept as far as {@code status} needs it: the last file, the last
 * fault, and which faults go on.
 */
package fr.epiconcept.navette.flux.pulse;
