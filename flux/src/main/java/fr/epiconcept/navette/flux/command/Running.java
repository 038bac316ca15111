package fr.epiconcept.navette.flux.command;

import java.time.Duration;

/** Something that was started on a file, whoever runs it. */
public interface Running {
  /**
   * Takes the output until it has ended, or ends it. To be called once.
   *
   * @param timeout how long it may run, counted from its start
   * @param grace between asking it to end and making it
   * @param output is told each line on this thread
   * @throws CommandNotStarted if it turns out that it never began
   */
  End await(Duration timeout, Duration grace, Output output) throws CommandNotStarted;

  /** Asks {@link #await} to end it; from any thread, at any time, more than once. */
  void terminate();
}
