/**
 * The broker between both ends: what its addresses are called, who may use which, how the embedded
 * one starts from {@code broker.xml} and stops, its accounts and certificates, how much disk it may
 * take, and how one tells that it is still the same broker.
 *
 * <p>The door is {@link fr.epiconcept.navette.broker.EmbeddedBroker}. Nothing here knows what a
 * message says, nor what a daemon does with it.
 */
package fr.epiconcept.navette.broker;
