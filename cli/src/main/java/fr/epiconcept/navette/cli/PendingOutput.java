package fr.epiconcept.navette.cli;

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

  /**
   * There is no more.
   *
   * @param whole whether everything could be looked at
   */
  void end(boolean whole) throws IOException;

  @Override
  void close() throws IOException;
}
