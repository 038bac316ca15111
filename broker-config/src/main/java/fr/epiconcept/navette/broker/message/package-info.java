/**
 * The message contract, versions 1 and 2: what both ends say to each other, and nothing of how they
 * are connected. Described for others in {@code docs/message-contract.md}.
 *
 * <p>The door is {@link fr.epiconcept.navette.broker.message.Contract}: it turns a {@link
 * fr.epiconcept.navette.broker.message.Parcel} into a message and back, and refuses what is not
 * one.
 */
package fr.epiconcept.navette.broker.message;
