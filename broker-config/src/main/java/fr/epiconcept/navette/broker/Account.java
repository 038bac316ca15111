package fr.epiconcept.navette.broker;

import fr.epiconcept.navette.flux.FluxName;
import java.util.Set;

/**
 * Who may log in, without the password.
 *
 * @param name obeys {@link FluxName#RULE}
 * @param fluxes those that it serves
 * @param admin whether it may do everything
 */
public record Account(String name, Set<FluxName> fluxes, boolean admin) {
  public Account {
    fluxes = Set.copyOf(fluxes);
  }

  /** Whether this one may do all that {@code other} may. */
  boolean mayAll(Account other) {
    return admin || (!other.admin && fluxes.containsAll(other.fluxes));
  }
}
