/**
 * How somebody is called when something goes wrong: a command of the administrator's, with the
 * alert as JSON on its standard input.
 *
 * <p>The door is {@link fr.epiconcept.navette.flux.alert.Alerts}: events come from the flux logs
 * ({@link fr.epiconcept.navette.flux.alert.LogAlerts}), what lasts is looked at again and again
 * ({@link fr.epiconcept.navette.flux.alert.Lookout}); one thread runs the commands. Nothing here
 * ever makes a file wait, and memory does not grow with the number of events.
 */
package fr.epiconcept.navette.flux.alert;
