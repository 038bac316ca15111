/**
 * The words of the domain: a flux's name, the id of a file, the name of a file as the bytes that it
 * is, and the points at which a daemon may die.
 *
 * <p>Nothing here knows a broker, a daemon or a command line.
 */
package fr.epiconcept.navette.flux;
