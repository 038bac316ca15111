package fr.epiconcept.navette.flux.view;

import fr.epiconcept.navette.flux.FluxName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far a server looked back for a file.
 *
 * @param flux in whose logs
 * @param logs how many files of log there are
 * @param since the time of the oldest line in them
 * @param unread what could not be read, one line each
 * @param left so many files of that name are older than those whose lives are told
 */
public record Searched(
    FluxName flux, int logs, Optional<Instant> since, List<String> unread, int left) {
  public Searched {
    unread = unread == null ? List.of() : List.copyOf(unread);
  }
}
