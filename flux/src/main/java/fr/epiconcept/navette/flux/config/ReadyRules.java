package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.FluxName;
import java.time.Duration;
import java.util.List;

/**
 * When a file in a watched folder is complete enough to be taken.
 *
 * @param quiet how long nothing may have happened to a file after it was closed, by our own
 *     monotonic clock (default 500 ms; 0 takes it at once); a rename into place needs none
 * @param marker the companion that says "complete"
 * @param hash whether {@code <name>.sha256} must stand beside the file and agree with it
 * @param match globs, one of which the name must match; empty: any name
 * @param ignore globs of names that never are ready, with the built-in ones ({@code *.tmp}, {@code
 *     *.part}, {@code *.filepart}, dot files)
 * @param empty what becomes of a file without a byte
 * @param rescan how often the whole folder is listed even if no event came (default 30 s)
 * @param order which goes first of files that are ready at once
 * @param neighbours the other fluxes that take their files out of the same folder
 * @param recursive whether files are taken out of its sub-folders too (default: no)
 */
public record ReadyRules(
    Duration quiet,
    Marker marker,
    boolean hash,
    List<String> match,
    List<String> ignore,
    EmptyFile empty,
    Duration rescan,
    Order order,
    List<Neighbour> neighbours,
    boolean recursive) {
  /** Names that never are ready, whatever a flux says; dot files are not either. */
  public static final List<String> NEVER = List.of("*.tmp", "*.part", "*.filepart");

  public ReadyRules {
    match = List.copyOf(match);
    ignore = List.copyOf(ignore);
    neighbours = List.copyOf(neighbours);
  }

  /**
   * A flux with the same folder.
   *
   * @param first whether it chooses before this one: what it may take is not for this one
   * @param rules its own, without neighbours
   */
  public record Neighbour(FluxName flux, boolean first, ReadyRules rules) {}

  /** Without sub-folders. */
  public ReadyRules(
      Duration quiet,
      Marker marker,
      boolean hash,
      List<String> match,
      List<String> ignore,
      EmptyFile empty,
      Duration rescan,
      Order order,
      List<Neighbour> neighbours) {
    this(quiet, marker, hash, match, ignore, empty, rescan, order, neighbours, false);
  }

  /** In the order of arrival, without sub-folders. */
  public ReadyRules(
      Duration quiet,
      Marker marker,
      boolean hash,
      List<String> match,
      List<String> ignore,
      EmptyFile empty,
      Duration rescan) {
    this(quiet, marker, hash, match, ignore, empty, rescan, Order.ARRIVAL, List.of());
  }

  /** The same, in another order. */
  ReadyRules inOrder(Order other) {
    return new ReadyRules(
        quiet, marker, hash, match, ignore, empty, rescan, other, neighbours, recursive);
  }

  /** The same, in a folder that others have too. */
  ReadyRules beside(List<Neighbour> others) {
    return new ReadyRules(
        quiet, marker, hash, match, ignore, empty, rescan, order, others, recursive);
  }

  /** The same, with sub-folders or without. */
  public ReadyRules withSubFolders(boolean too) {
    return new ReadyRules(
        quiet, marker, hash, match, ignore, empty, rescan, order, neighbours, too);
  }

  /** The rules of a flux that says nothing. */
  public static ReadyRules defaults() {
    return new ReadyRules(
        Duration.ofMillis(500),
        Marker.NONE,
        false,
        List.of(),
        List.of(),
        EmptyFile.ACCEPT,
        Duration.ofSeconds(30));
  }

  /** Where the marker of a file {@code name} stands. */
  public enum Marker {
    /** No marker is asked for ({@code none}, the default). */
    NONE,
    /** {@code .ok/<name>}. */
    OK_FOLDER,
    /** {@code <name>.ok}; such names are then never deposits themselves. */
    OK_SUFFIX
  }

  /** Which of several files goes first. */
  public enum Order {
    /** The one that was complete under its name first (the default). */
    ARRIVAL,
    /** The one whose mtime is the oldest; of two with the same, the one that came first. */
    MTIME,
    /** The one whose name comes first, byte by byte. */
    NAME
  }

  /** What becomes of a file without a byte. */
  public enum EmptyFile {
    /** A file like any other (the default). */
    ACCEPT,
    /** It stays until it has grown. */
    WAIT,
    /** It goes to quarantine. */
    QUARANTINE
  }
}
