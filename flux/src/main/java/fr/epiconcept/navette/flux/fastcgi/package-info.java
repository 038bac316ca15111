/**
 * Runs a script in a php-fpm that is there already, by the FastCGI protocol 1.0. Its door is {@link
 * fr.epiconcept.navette.flux.fastcgi.FpmRun}.
 *
 * <p>php-fpm passes no exit code on, and its answer looks the same whether the script ended well or
 * died after its first output. So a script says itself how it ended, in its last line ({@link
 * fr.epiconcept.navette.flux.fastcgi.ExitLine}).
 */
package fr.epiconcept.navette.flux.fastcgi;
