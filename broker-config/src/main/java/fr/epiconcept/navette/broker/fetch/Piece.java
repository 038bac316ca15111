package fr.epiconcept.navette.broker.fetch;

/** What comes of a {@link Want}. */
sealed interface Piece {
  /** The number of the want. */
  long number();

  /** As many bytes as were wanted. */
  @SuppressWarnings(
      "ArrayRecordComponent") // Never compared, and handed from one owner to the next.
  record Bytes(long number, byte[] bytes) implements Piece {}

  /**
   * No bytes.
   *
   * @param gone whether there never will be any
   * @param reason one line
   */
  record None(long number, boolean gone, String reason) implements Piece {}
}
