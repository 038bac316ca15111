package fr.epiconcept.navette.ingest.sftp;

import fr.epiconcept.navette.flux.FileName;

/**
 * A file as a partner's server tells of it.
 *
 * @param name its name in the folder that was listed
 * @param looks what it looks like
 * @param regular whether it is a file, and no folder, link or other thing
 */
record Remote(FileName name, Looks looks, boolean regular) {
  /**
   * Size and time: all by which SFTP lets a file be told from another of its name.
   *
   * @param size in bytes
   * @param modified seconds since 1970, by the server's clock
   */
  record Looks(long size, long modified) {}
}
