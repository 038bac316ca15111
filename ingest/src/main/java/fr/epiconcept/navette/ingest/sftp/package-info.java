/**
 * Files from and to a partner's SFTP server. Two crossings, each over a link of its own: {@link
 * fr.epiconcept.navette.ingest.sftp.Inward} puts what a partner deposits there into a folder of
 * this machine, {@link fr.epiconcept.navette.ingest.sftp.Outward} takes acknowledgements from one.
 * To the rest of the daemon these folders are an inbox and an {@code out} like any other; so a file
 * from elsewhere has the same way and the same promises from there on.
 */
package fr.epiconcept.navette.ingest.sftp;
