package fr.epiconcept.navette.flux.live;

/**
 * Who asks.
 *
 * @param name of the user on this machine, or of the account on the other one
 * @param here whether on this machine
 */
public record Asker(String name, boolean here) {
  @Override
  public String toString() {
    return here ? name : "account " + name;
  }
}
