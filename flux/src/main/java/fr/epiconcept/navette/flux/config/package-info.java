/**
 * What an administrator writes: {@code navette.yml} and {@code flux.d/*.yml}, as records that are
 * valid by the time they exist.
 *
 * <p>The door is {@link fr.epiconcept.navette.flux.config.ConfigReader}: it reads a folder and
 * answers what can run and every {@link fr.epiconcept.navette.flux.config.Fault} that it found.
 * {@link fr.epiconcept.navette.flux.config.ConfigCheck} tries on the machine what it asks for, and
 * {@link fr.epiconcept.navette.flux.config.SecretFile} reads what it keeps out of these files.
 * Durations, sizes and paths have their types here; nothing behind this room parses text.
 */
package fr.epiconcept.navette.flux.config;
