/**
 * What any worker may send to a file server: who sent it, and that none sends too much. What it
 * means others know ({@code fetch}, {@code begin}).
 */
package fr.epiconcept.navette.broker.hear;
