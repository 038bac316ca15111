package fr.epiconcept.navette.broker.ask;

/** Another daemon does not answer, or not all; its message is one line for the user. */
public final class Silence extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean refusal;

  /** For that reason. */
  public Silence(String why) {
    this(why, false);
  }

  private Silence(String why, boolean refusal) {
    super(why, null, false, false);
    this.refusal = refusal;
  }

  /** It answered that it will not, or not all, for that reason. */
  static Silence refusal(String why) {
    return new Silence(why, true);
  }

  /** Whether the other daemon said so itself. */
  public boolean isRefusal() {
    return refusal;
  }
}
