/**
 * Measures Navette as it is installed, and beside it, on the same disk and in turns, others that
 * carry files. {@link fr.epiconcept.navette.bench.Main} is the door; a {@link
 * fr.epiconcept.navette.bench.Scenario} is what is measured, a {@link
 * fr.epiconcept.navette.bench.Carrier} on what, a probe ({@link
 * fr.epiconcept.navette.bench.LatencyProbe}, {@link fr.epiconcept.navette.bench.BatchProbe}) how.
 * Nothing here knows a class of the product.
 */
package fr.epiconcept.navette.bench;
