/** The chaos run. {@link fr.epiconcept.navette.chaos.ChaosTest} is its door. */
package fr.epiconcept.navette.chaos;
