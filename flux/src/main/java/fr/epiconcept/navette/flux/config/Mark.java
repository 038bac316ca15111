package fr.epiconcept.navette.flux.config;

/**
 * A place in a file.
 *
 * @param line from 1; 0 where none can be named
 * @param column from 1; 0 where none can be named
 */
record Mark(int line, int column) {
  /** The file as a whole. */
  static final Mark NONE = new Mark(0, 0);

  /** Where a file begins. */
  static final Mark START = new Mark(1, 1);
}
