/**
 * Tells at once what happens in a folder, as long as the kernel can (inotify): one thread for all
 * fluxes of a daemon. Its door is {@link fr.epiconcept.navette.flux.watch.FolderWatcher}.
 *
 * <p>An event is only a hint. Whoever watches lists the folder too: after {@code watch} has
 * answered, whenever events were lost, and every now and then. Nothing here opens, lists or changes
 * a file, and nothing here knows what a flux does with a name.
 */
package fr.epiconcept.navette.flux.watch;
