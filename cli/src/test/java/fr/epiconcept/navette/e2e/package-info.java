/**
 * The tests of the whole: both daemons as processes of their own, on real folders, a real broker
 * and real scripts. {@link fr.epiconcept.navette.e2e.TwoServers} lays out a file server and a
 * processing server, {@link fr.epiconcept.navette.e2e.Books} compares what was deposited with what
 * is there in the end, knowing nothing of Navette but the names that users see.
 */
package fr.epiconcept.navette.e2e;
