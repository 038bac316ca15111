package fr.epiconcept.navette.flux.watch;

/** How a watched path stands at the moment. */
sealed interface Link {
  /**
   * The kernel tells its events.
   *
   * @param watch the kernel's number for the folder
   */
  record Attached(int watch) implements Link {}

  /**
   * The folder is there, but nothing tells its events.
   *
   * @param why for people, with what could be done
   * @param forGood whether it is useless to ask again
   */
  record Polled(String why, boolean forGood) implements Link {}

  /**
   * There is no folder that could be read.
   *
   * @param why for people
   */
  record Missing(String why) implements Link {}

  /** Whether there is a folder. */
  default boolean isThere() {
    return !(this instanceof Missing);
  }
}
