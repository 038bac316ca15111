/**
 * The chaos run: both daemons as real processes, partners who deposit without a pause, faults of
 * every kind, and then a count of every file. {@link fr.epiconcept.navette.chaos.ChaosTest} is the
 * door; docs/reliability.md tells people about it.
 *
 * <ul>
 *   <li>{@link fr.epiconcept.navette.chaos.Site} is the two servers, each part of them on a disk of
 *       its own; {@link fr.epiconcept.navette.chaos.Flux} what is special about each flux.
 *   <li>{@link fr.epiconcept.navette.chaos.Partner} deposits in the ways of {@link
 *       fr.epiconcept.navette.chaos.Way}. The first line of a deposit is its {@link
 *       fr.epiconcept.navette.chaos.Task}: what the {@link fr.epiconcept.navette.chaos.Script} is
 *       to do with it. So it is known beforehand where each file must end.
 *   <li>{@link fr.epiconcept.navette.chaos.Plan} is made from the seed alone; {@link
 *       fr.epiconcept.navette.chaos.Nemesis} carries it out. {@link
 *       fr.epiconcept.navette.chaos.Machines} stands for systemd, {@link
 *       fr.epiconcept.navette.chaos.Operator} for the person on call.
 *   <li>{@link fr.epiconcept.navette.chaos.Checker} compares {@link
 *       fr.epiconcept.navette.chaos.Truth} with {@link fr.epiconcept.navette.chaos.Found}: folders,
 *       logs read line by line, what the scripts wrote down themselves, dead letters by a stock JMS
 *       client. Nothing in this package uses a class of the product: what the product says of
 *       itself ({@code navette balance}, {@code pending}) is one more thing to be compared.
 * </ul>
 *
 * <p>The seed decides the plan, and what each partner brings in which order. How they fall together
 * is the machine's affair: a run with the same seed is the same trouble, not the same instant.
 */
package fr.epiconcept.navette.chaos;
