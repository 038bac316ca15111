/**
 * Runs one program, without a shell, with its arguments and environment byte for byte, and never
 * lets go of it: its output, its end, its descendants. Its doors are {@link
 * fr.epiconcept.navette.flux.command.Command} and {@link fr.epiconcept.navette.flux.command.Run}.
 *
 * <p>Nothing here knows what a script is run for or what its exit code means. The JDK's processes
 * are not used: they encode arguments as text, know no process group, and reap by a thread of their
 * own for each child.
 */
package fr.epiconcept.navette.flux.command;
