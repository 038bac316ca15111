package fr.epiconcept.navette.broker.message;

/** A message is not what the contract says. Its text says what is wrong, in one line. */
public final class Malformed extends Exception {
  private static final long serialVersionUID = 1L;

  /** Says which rule it breaks. */
  public Malformed(String what) {
    super(what);
  }
}
