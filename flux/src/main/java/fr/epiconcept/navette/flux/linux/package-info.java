/**
 * The few calls of Linux that Java has no word for: a rename that never overwrites, folder events,
 * programs started with arguments byte for byte.
 *
 * <p>Bytes go in, bytes come out; every call answers as in its manual page, and the reason of a
 * failure is read at once by {@link fr.epiconcept.navette.flux.linux.Errno#last()}. Only the rooms
 * {@code file}, {@code watch} and {@code command} open this door; nobody else calls the kernel.
 *
 * <p>Needs 64-bit Linux 5.10 and glibc 2.34 or later (Debian 12).
 */
package fr.epiconcept.navette.flux.linux;
