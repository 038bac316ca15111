/**
 * The link from a daemon to a broker: how a connection is made, and how one is kept for ever.
 *
 * <p>The doors are {@link fr.epiconcept.navette.broker.link.BrokerConnections} and {@link
 * fr.epiconcept.navette.broker.link.BrokerLink}. Nothing here knows what is sent over it.
 */
package fr.epiconcept.navette.broker.link;
