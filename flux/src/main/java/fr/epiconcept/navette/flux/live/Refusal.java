package fr.epiconcept.navette.flux.live;

/** A question that is understood and not answered; its message is one line for the user. */
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * A refusal.
   *
   * @param message what is wrong, and what to do
   */
  public Refusal(String message) {
    super(message, null, false, false);
  }
}
