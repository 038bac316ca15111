package fr.epiconcept.navette.flux.command;

/** Takes what a program prints. */
@FunctionalInterface
public interface Output {
  /** The most bytes in one line; a longer one comes in pieces. */
  int MAX_LINE = 8 * 1024;

  /** Nobody wants it. */
  Output NONE = (stream, text) -> {};

  /**
   * One line without its end, on the thread that awaits the program; as long as this takes, the
   * program may have to wait with its next output.
   *
   * @param text decoded as UTF-8, the replacement character for what is none; at most {@link
   *     #MAX_LINE} bytes; control characters are left in
   */
  void line(Stream stream, String text);

  /** Where a program prints. */
  enum Stream {
    /** Its standard output. */
    OUT,
    /** Its standard error. */
    ERR
  }
}
