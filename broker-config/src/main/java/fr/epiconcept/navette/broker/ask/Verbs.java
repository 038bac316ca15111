package fr.epiconcept.navette.broker.ask;

import java.util.Set;

/**
 * What the other machine may ask; everything else is refused.
 *
 * @param reading verbs that change nothing. A question without {@code flux} gets {@code fluxes},
 *     the permitted ones with commas between; items about others are left out.
 * @param acting verbs that do something to a flux. A question without {@code flux} is asked once
 *     for each permitted one.
 */
public record Verbs(Set<String> reading, Set<String> acting) {
  private static final Set<String> READING =
      Set.of("status", "pending", "serving", "show", "balance", "fluxes", "holds");

  /** What a file server may ask a worker. */
  public static final Verbs OF_INGEST = new Verbs(READING, Set.of());

  /** What a worker may ask a file server. */
  public static final Verbs OF_A_WORKER = new Verbs(READING, Set.of("rescan", "replay"));

  public Verbs {
    reading = Set.copyOf(reading);
    acting = Set.copyOf(acting);
  }
}
