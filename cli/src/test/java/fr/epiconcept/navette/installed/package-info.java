/**
 * Navette as an administrator has it: the package on Debian machines of their own, booted by their
 * own systemd. Slow, and only for root on Debian: "make test-install". The door is {@code Hosts};
 * {@code DocumentRunner} types what a document says.
 */
package fr.epiconcept.navette.installed;
