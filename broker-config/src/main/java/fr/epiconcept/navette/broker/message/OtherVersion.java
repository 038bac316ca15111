package fr.epiconcept.navette.broker.message;

/**
 * A message of another version of the contract. Nothing is wrong with it: it waits until this
 * daemon is as new as its sender.
 */
public final class OtherVersion extends Exception {
  private static final long serialVersionUID = 1L;

  OtherVersion(int version) {
    super(
        "a message speaks version "
            + version
            + " of the contract, this daemon "
            + Contract.VERSION
            + " and "
            + Contract.VERSION_OF_FOLDERS
            + ": bring both servers to one version; it waits until then");
  }
}
