package fr.epiconcept.navette.flux.command;

/** A program was not started; the message says which and why, on one line. */
public final class CommandNotStarted extends Exception {
  private final boolean passing;

  /** {@code program} in words for people. */
  public CommandNotStarted(String program, String why, boolean passing) {
    super("cannot start " + program + ": " + why);
    this.passing = passing;
  }

  /**
   * Whether the same command may well start later: no memory, processes or descriptors left, or the
   * program is just being written.
   */
  public boolean isPassing() {
    return passing;
  }
}
