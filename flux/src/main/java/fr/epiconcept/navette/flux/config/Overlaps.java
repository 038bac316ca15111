package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.config.Place.Use;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds folders that would take each other's files: what is put down in a watched folder would be
 * sent off again. Of two fluxes the one whose name comes first keeps its folder.
 */
final class Overlaps {
  private final Positions positions;

  Overlaps(Positions positions) {
    this.positions = positions;
  }

  List<Fault> among(List<Place> places) {
    List<Place> ordered = new ArrayList<>(places);
    ordered.sort(Comparator.comparing((Place place) -> place.flux().name()));
    List<Fault> faults = new ArrayList<>();
    for (Pair pair : touching(ordered)) {
      fault(ordered.get(pair.earlier()), ordered.get(pair.later())).ifPresent(faults::add);
    }
    return faults;
  }

  /** Two places, by their numbers in order. */
  private record Pair(int earlier, int later) {}

  /**
   * Those of which one is the other, or lies within it: looked up by what they really are, for of
   * thousands of places each cannot be compared with each.
   */
  private static Set<Pair> touching(List<Place> places) {
    Map<Object, List<Integer>> byIdentity = new HashMap<>();
    for (int i = 0; i < places.size(); i++) {
      byIdentity.computeIfAbsent(places.get(i).identity(), each -> new ArrayList<>()).add(i);
    }
    Set<Pair> touching = new LinkedHashSet<>();
    for (int i = 0; i < places.size(); i++) {
      for (Object above : places.get(i).lineage()) {
        for (int other : byIdentity.getOrDefault(above, List.of())) {
          if (other != i) {
            touching.add(new Pair(Math.min(i, other), Math.max(i, other)));
          }
        }
      }
    }
    return touching;
  }

  private Optional<Fault> fault(Place earlier, Place later) {
    if (areNeighbours(earlier, later)) {
      return Optional.empty();
    }
    return relation(earlier, later)
        .map(
            relation -> {
              boolean own = earlier.flux().name().equals(later.flux().name());
              Mark at = positions.at(later.flux().file(), later.use().keys());
              String what =
                  later.use()
                      + " "
                      + later.path()
                      + " "
                      + relation
                      + " "
                      + earlier.use()
                      + " "
                      + earlier.path()
                      + (own
                          ? " of the same flux: give each its own folder"
                          : " of flux '"
                              + earlier.flux().name()
                              + "' ("
                              + earlier.flux().file()
                              + "), which keeps it: give flux '"
                              + later.flux().name()
                              + "' ("
                              + later.flux().file()
                              + ") a folder of its own"
                              + (bothAreInboxes(earlier, later)
                                  ? ", or share it: ready.match in the first, and 'after: ["
                                      + earlier.flux().name()
                                      + "]' in this one"
                                  : ""));
              return new Fault(
                  later.flux().file(), at.line(), at.column(), what, Fault.Severity.ERROR);
            });
  }

  private static boolean bothAreInboxes(Place one, Place other) {
    return one.use() == Use.INBOX && other.use() == Use.INBOX && one.isSameAs(other);
  }

  /** Whether both share an inbox, and have said which of them chooses first. */
  private static boolean areNeighbours(Place one, Place other) {
    return bothAreInboxes(one, other)
        && one.flux().ingest().orElseThrow().ready().neighbours().stream()
            .anyMatch(neighbour -> neighbour.flux().equals(other.flux().name()));
  }

  /** How the second place gets in the way of the first, or the first in that of the second. */
  private static Optional<String> relation(Place first, Place second) {
    if (!isWatched(first) && !isWatched(second)) {
      return Optional.empty();
    }
    if (first.isSameAs(second)) {
      return Optional.of("is the same folder as");
    }
    if (second.use() == Use.INBOX && second.isWithin(first)) {
      return Optional.of("lies within");
    }
    if (first.use() == Use.INBOX && first.isWithin(second)) {
      return Optional.of("holds");
    }
    return Optional.empty();
  }

  /**
   * Files that appear there are taken. A worker's {@code out} may lie within the storage folder, as
   * applications like to have it; an inbox may not, since folders there belong to partners.
   */
  private static boolean isWatched(Place place) {
    return place.use() == Use.INBOX || place.use() == Use.WORKER_OUT;
  }
}
