/**
 * The {@code navette} command: one class a subcommand, and what runs a daemon in the foreground.
 *
 * <p>The doors are {@link fr.epiconcept.navette.cli.Main} and, before it, the launcher script
 * {@code bin/navette}, which answers {@code navette out} by itself. Commands are thin: they read
 * options, call a module, and say the result; what went wrong becomes one line and an exit code in
 * {@link fr.epiconcept.navette.cli.ExitCode} alone.
 */
package fr.epiconcept.navette.cli;
