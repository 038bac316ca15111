package fr.epiconcept.navette.broker.fetch;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;

/**
 * What a worker wants.
 *
 * @param number which answer is for it
 * @param from the first byte, from 0
 * @param length how many bytes, from 1 to {@value #LONGEST}
 */
record Want(long number, FluxName flux, FileId id, long from, int length) {
  /** The broker takes what is above its journal's buffer, 490 KiB, to its disk. */
  static final int LONGEST = 256 << 10;
}
