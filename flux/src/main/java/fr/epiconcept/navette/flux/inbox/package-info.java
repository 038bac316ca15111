/**
 * When a file in a watched folder is ready to be taken: the inbox of a flux on the file server, its
 * {@code out} on the processing server.
 *
 * <p>The door is {@link fr.epiconcept.navette.flux.inbox.Inbox}. Events are hints that make it look
 * sooner; the listing of the folder is the truth. Any doubt means "not yet", with a reason that can
 * be shown. This room takes nothing and moves nothing.
 */
package fr.epiconcept.navette.flux.inbox;
