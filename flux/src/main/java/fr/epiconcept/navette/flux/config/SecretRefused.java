package fr.epiconcept.navette.flux.config;

/** A secret that is not used, since its file is not safe or not there. */
public final class SecretRefused extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Refuses.
   *
   * @param message which file, why, and what to do, in one line
   */
  SecretRefused(String message) {
    super(Fault.oneLine(message));
  }
}
