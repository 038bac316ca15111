package fr.epiconcept.navette.cli;

import fr.epiconcept.navette.flux.view.More;
import fr.epiconcept.navette.flux.view.Waiting;
import java.io.IOException;

/** Prints what waits as it is found. */
interface PendingOutput extends AutoCloseable {
  /**
   * One file.
   *
   * @param live whether a daemon said so; else the disk did
   */
  void waiting(Waiting file, boolean live) throws IOException;

  /** Files of one flux and place that were counted only. */
  default void more(More files) {
    // Whoever asks for all is not told of others.
  }

  /**
   * There is no more.
   *
   * @param whole whether everything could be looked at, and every other server was heard
   */
  void end(boolean whole) throws IOException;

  @Override
  void close() throws IOException;
}
