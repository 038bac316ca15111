package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.FileId;

/**
 * One run of the script.
 *
 * @param id the deposit that it runs on
 * @param round of that deposit
 * @param number 1 for the first run in this round
 */
record Attempt(FileId id, int round, int number) {}
