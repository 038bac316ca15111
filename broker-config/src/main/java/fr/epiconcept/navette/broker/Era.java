package fr.epiconcept.navette.broker;

/**
 * The time during which a broker has kept all that it was given.
 *
 * @param id random
 * @param fresh whether it begins now: whatever was sent before may be lost, and is sent again
 */
public record Era(String id, boolean fresh) {}
