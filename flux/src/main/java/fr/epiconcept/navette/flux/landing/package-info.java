/**
 * How the bytes of a message become a file, once: the last step of both directions. It joins the
 * durable operations of {@code file} with what {@code marks} remembers.
 */
package fr.epiconcept.navette.flux.landing;
