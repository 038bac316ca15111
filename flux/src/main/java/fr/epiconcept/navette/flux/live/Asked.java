package fr.epiconcept.navette.flux.live;

import fr.epiconcept.navette.flux.FluxName;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which fluxes a question is about: {@code flux} names one, {@code fluxes} several with commas
 * between, neither means all.
 */
public final class Asked {
  private final Optional<Set<String>> names;

  private Asked(Optional<Set<String>> names) {
    this.names = names;
  }

  /** What that question is about. */
  public static Asked in(Question question) {
    Optional<Set<String>> several =
        question.get("fluxes").map(all -> new HashSet<>(Arrays.asList(all.split(",", -1))));
    return new Asked(question.get("flux").map(Set::of).or(() -> several));
  }

  /** Whether it is about that flux. */
  public boolean includes(FluxName flux) {
    return names.map(all -> all.contains(flux.value())).orElse(true);
  }
}
