package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.ReadyRules.Neighbour;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Fluxes that take their files out of one inbox, each those that it matches and no flux before it
 * does. Which is before which stands in the file of the later one: so a flux whose neighbour's file
 * is broken or gone stays down, and takes nothing that was not meant for it.
 */
final class SharedInboxes {
  private final Map<FluxName, FluxConfig> fluxes = new TreeMap<>();
  private final Positions positions;
  private final Map<FluxName, Set<FluxName>> before = new HashMap<>();
  private final Map<FluxName, Fault> faults = new TreeMap<>();

  private SharedInboxes(List<FluxConfig> all, Positions positions) {
    all.forEach(flux -> fluxes.put(flux.name(), flux));
    this.positions = positions;
  }

  /**
   * Tells each flux of its neighbours.
   *
   * @param fluxes all that can be read
   * @param faults gets those that cannot stand beside their neighbours; they are left out
   */
  static List<FluxConfig> settle(List<FluxConfig> fluxes, Positions positions, List<Fault> faults) {
    SharedInboxes shared = new SharedInboxes(fluxes, positions);
    fluxes.forEach(flux -> shared.check(flux));
    shared.checkElsewhere();
    fluxes.forEach(flux -> shared.close(flux.name(), new LinkedHashSet<>()));
    List<FluxConfig> settled = new ArrayList<>();
    for (FluxConfig flux : fluxes) {
      if (!shared.faults.containsKey(flux.name())) {
        settled.add(shared.settled(flux));
      }
    }
    faults.addAll(shared.faults.values());
    return settled;
  }

  private static List<FluxName> after(FluxConfig flux) {
    return flux.ingest().map(IngestSection::after).orElse(List.of());
  }

  private static Path inbox(FluxConfig flux) {
    return flux.ingest().orElseThrow().inbox().normalize();
  }

  private void check(FluxConfig flux) {
    for (FluxName name : after(flux)) {
      Optional<FluxConfig> other =
          Optional.ofNullable(fluxes.get(name)).filter(its -> its.ingest().isPresent());
      if (name.equals(flux.name())) {
        fault(flux, "a flux does not come after itself");
      } else if (other.isEmpty()) {
        fault(
            flux,
            "there is no flux '"
                + name
                + "' with an inbox, or its file is broken: without it nobody knows which files are"
                + " not for this one");
      } else if (!inbox(other.get()).equals(inbox(flux))) {
        fault(
            flux,
            "flux '"
                + name
                + "' has another inbox, "
                + inbox(other.get())
                + ": leave it out, or write the same path in both");
      } else if (other.get().ingest().orElseThrow().ready().match().isEmpty()) {
        fault(
            flux,
            "flux '"
                + name
                + "' ("
                + other.get().file()
                + ") takes every name, and nothing is left: say there with ready.match which it"
                + " takes");
      }
    }
  }

  /** An inbox on an SFTP server is one flux's: each would take what the other has begun to. */
  private void checkElsewhere() {
    Map<SftpPlace, FluxName> owners = new HashMap<>();
    for (FluxConfig flux : fluxes.values()) {
      Optional<SftpPlace> place = flux.ingest().flatMap(IngestSection::inboxElsewhere);
      FluxName owner = place.map(it -> owners.putIfAbsent(it, flux.name())).orElse(null);
      if (owner != null) {
        fault(
            flux,
            "inbox",
            place.get()
                + " is the inbox of flux '"
                + owner
                + "': give this one a folder of its own");
      }
    }
  }

  private void fault(FluxConfig flux, String what) {
    fault(flux, "after", what);
  }

  private void fault(FluxConfig flux, String key, String what) {
    Mark at = positions.at(flux.file(), "ingest", key);
    faults.putIfAbsent(
        flux.name(),
        new Fault(
            flux.file(),
            at.line(),
            at.column(),
            "ingest." + key + ": " + what,
            Fault.Severity.ERROR));
  }

  /** All that come before a flux, those before these included. */
  private Set<FluxName> close(FluxName name, Set<FluxName> way) {
    Set<FluxName> known = before.get(name);
    if (known != null) {
      return known;
    }
    if (!way.add(name)) {
      way.forEach(each -> fault(fluxes.get(each), "these come after each other: " + names(way)));
      return Set.of();
    }
    Set<FluxName> all = new LinkedHashSet<>();
    for (FluxName other : after(fluxes.get(name))) {
      if (fluxes.containsKey(other) && fluxes.get(other).ingest().isPresent()) {
        all.add(other);
        all.addAll(close(other, way));
      }
    }
    way.remove(name);
    before.put(name, all);
    return all;
  }

  private static String names(Set<FluxName> fluxes) {
    return String.join(", ", fluxes.stream().map(FluxName::value).sorted().toList());
  }

  private FluxConfig settled(FluxConfig flux) {
    if (flux.ingest().isEmpty()) {
      return flux;
    }
    List<Neighbour> neighbours = new ArrayList<>();
    for (FluxConfig other : fluxes.values()) {
      boolean first = before.get(flux.name()).contains(other.name());
      boolean later = before.get(other.name()).contains(flux.name());
      if (first || later) {
        neighbours.add(new Neighbour(other.name(), first, other.ingest().orElseThrow().ready()));
      }
    }
    return neighbours.isEmpty()
        ? flux
        : new FluxConfig(
            flux.name(),
            flux.file(),
            flux.ingest().map(ingest -> ingest.beside(neighbours)),
            flux.worker(),
            flux.alerts());
  }
}
