package fr.epiconcept.navette.broker.ask;

/** Another daemon does not answer, or not all; its message is one line for the user. */
public final class Silence extends Exception {
  private static final long serialVersionUID = 1L;

  /** For that reason. */
  public Silence(String why) {
    super(why, null, false, false);
  }
}
