package fr.epiconcept.navette.flux.log;

import fr.epiconcept.navette.flux.FileId;

/**
 * Writes the log of one flux, one event a line.
 *
 * <p>No call throws, and none waits for anything but the write itself: events that cannot be
 * written (disk full, folder gone) are counted, and the next line that can be is preceded by {@code
 * log-gap lost=N}. Safe for several threads.
 *
 * <p>Events and keys are words of the code ({@code received}, {@code exit-code}), never data; the
 * grammar is in this package's description. Values are text as {@code toString} gives it, with
 * these exceptions: a file name as {@code display} spells it, a path likewise, a duration as {@code
 * 1.234s}; an {@code Optional} stands for what it holds. A value that is null or empty {@code
 * Optional} is left out with its key.
 */
public interface FluxLog {
  /**
   * Something happened as it should.
   *
   * @param idOrNull the file concerned, or null
   * @param keysAndValues key, value, key, value, and so on
   */
  void info(FileId idOrNull, String event, Object... keysAndValues);

  /** Something did not, and Navette deals with it by itself. Parameters as for {@link #info}. */
  void warn(FileId idOrNull, String event, Object... keysAndValues);

  /** Something did not, and somebody has to look. Parameters as for {@link #info}. */
  void error(FileId idOrNull, String event, Object... keysAndValues);
}
