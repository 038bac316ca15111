/**
 * What operators see of files and fluxes: records that both daemons fill, that travel by {@link
 * fr.epiconcept.navette.flux.live} and that {@code --json} prints as they are. Their members are a
 * promise to whoever scripts against them: new ones may come, none changes its meaning.
 */
package fr.epiconcept.navette.flux.view;
