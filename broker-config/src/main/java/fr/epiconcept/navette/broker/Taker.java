package fr.epiconcept.navette.broker;

/**
 * A session that takes the deposits of a flux.
 *
 * @param account whose it is
 * @param active whether deposits come to it; else it is ready to take the place of the one that has
 *     them
 */
public record Taker(String account, boolean active) {}
