package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FluxName;

/**
 * What {@link Listing#unseen} was told, on its way to whoever asked.
 *
 * @param flux the flux of which not everything is listed
 * @param unseen why, in one line
 * @param all whether nothing at all of the flux is listed, because it does not run: its disk can
 *     still tell
 */
public record Unseen(FluxName flux, String unseen, boolean all) {}
