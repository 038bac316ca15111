/**
 * The one mechanism that carries files in both directions: from a watched folder through the spool
 * to a queue, and back out of the spool when the other side has said that it has them.
 *
 * <p>On the file server it carries deposits, on the processing server acknowledgements. It knows no
 * check, no archive and no script: what differs is behind {@link
 * fr.epiconcept.navette.broker.carry.Cargo}.
 */
package fr.epiconcept.navette.broker.carry;
