package fr.epiconcept.navette.flux.inbox;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.config.NamePattern;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.ReadyRules.Marker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which names of a folder can be deposits, and which belong to one. */
final class Names {
  static final String OK = ".ok";
  static final String SHA256 = ".sha256";

  private static final String UNMATCHED = "unmatched: no pattern of the flux takes it";

  private final Marker marker;
  private final boolean hash;
  private final boolean recursive;
  private final List<NamePattern> match;
  private final List<NamePattern> ignore;
  private final List<Other> others;

  /** Another flux with the same folder. */
  private record Other(FluxName flux, boolean first, Names names) {
    /** Whether the name is for it, as a deposit or as what belongs to one. */
    boolean wants(TreeName name) {
      return names.whyNever(name).isEmpty()
          || names
              .owner(name.name())
              .map(owner -> new TreeName(name.folder(), owner))
              .filter(owner -> names.whyNever(owner).isEmpty())
              .isPresent();
    }
  }

  Names(ReadyRules rules) {
    marker = rules.marker();
    hash = rules.hash();
    recursive = rules.recursive();
    match = patterns(rules.match());
    List<String> never = new ArrayList<>(ReadyRules.NEVER);
    never.addAll(rules.ignore());
    ignore = patterns(never);
    others =
        rules.neighbours().stream()
            .map(
                neighbour ->
                    new Other(neighbour.flux(), neighbour.first(), new Names(neighbour.rules())))
            .toList();
  }

  private static List<NamePattern> patterns(List<String> texts) {
    return texts.stream().map(NamePattern::of).toList();
  }

  /** Whether files are taken out of sub-folders. */
  boolean recursive() {
    return recursive;
  }

  /** Why nothing is taken out of a folder of that name, or nothing if it may be. */
  Optional<String> whyNotInto(FileName folder) {
    return SubFolder.whyNever(folder).or(() -> ignored(folder));
  }

  /** Why a file of that name is never taken, or nothing if it may be. */
  Optional<String> whyNever(TreeName name) {
    if (!name.folder().isTop() && !recursive) {
      return Optional.of("in a folder: recursive is not set");
    }
    for (FileName folder : name.folder().parts()) {
      Optional<String> why = whyNotInto(folder);
      if (why.isPresent()) {
        return why;
      }
    }
    return whyNeverHere(name);
  }

  /** The same, for a name in a folder out of which files are taken. */
  Optional<String> whyNeverHere(TreeName inTree) {
    FileName name = inTree.name();
    if (name.isHidden()) {
      return Optional.of("ignored: dot file");
    }
    if (owner(name).isPresent()) {
      return Optional.of("ignored: belongs to " + owner(name).get());
    }
    Optional<String> ignored = ignored(name);
    if (ignored.isPresent()) {
      return ignored;
    }
    if (!match.isEmpty() && match.stream().noneMatch(pattern -> pattern.matches(name))) {
      return Optional.of(UNMATCHED);
    }
    return others.stream()
        .filter(other -> other.first() && other.wants(inTree))
        .findFirst()
        .map(other -> "left to flux " + other.flux());
  }

  private Optional<String> ignored(FileName name) {
    return ignore.stream()
        .filter(pattern -> pattern.matches(name))
        .findFirst()
        .map(pattern -> "ignored by the pattern " + pattern.text());
  }

  /**
   * Whether a file of that name is to be listed as this flux's: it may take it; or nobody does, and
   * of those that share the folder it is the first.
   */
  boolean isListedHere(TreeName name) {
    if (whyNever(name).isEmpty()) {
      return true;
    }
    return others.stream().noneMatch(other -> other.first() || other.wants(name));
  }

  /** The deposit that a marker or a hash of that name belongs to. */
  Optional<FileName> owner(FileName name) {
    if (marker == Marker.OK_SUFFIX) {
      Optional<FileName> owner = without(name, OK);
      if (owner.isPresent()) {
        return owner;
      }
    }
    return hash ? without(name, SHA256) : Optional.empty();
  }

  private static Optional<FileName> without(FileName name, String ending) {
    byte[] bytes = name.bytes();
    int length = bytes.length - ending.length();
    if (length < 1) {
      return Optional.empty();
    }
    for (int i = 0; i < ending.length(); i++) {
      if (bytes[length + i] != ending.charAt(i)) {
        return Optional.empty();
      }
    }
    return Optional.of(FileName.of(java.util.Arrays.copyOf(bytes, length)));
  }

  /** Where the marker of a deposit stands, if the flux wants one; null where no name can be. */
  Optional<Path> markerOf(Path folder, FileName name) {
    if (marker == Marker.OK_FOLDER) {
      return Optional.of(name.in(folder.resolve(OK)));
    }
    FileName companion = marker == Marker.OK_SUFFIX ? name.plus(OK) : null;
    return Optional.ofNullable(companion).map(other -> other.in(folder));
  }

  /** Where the hash of a deposit stands, if the flux wants one. */
  Optional<Path> hashOf(Path folder, FileName name) {
    FileName companion = hash ? name.plus(SHA256) : null;
    return Optional.ofNullable(companion).map(other -> other.in(folder));
  }

  /** The names that markers in the same folder and hashes have, as far as there can be such. */
  List<FileName> companionsOf(FileName name) {
    List<FileName> companions = new ArrayList<>();
    if (marker == Marker.OK_SUFFIX) {
      Optional.ofNullable(name.plus(OK)).ifPresent(companions::add);
    }
    if (hash) {
      Optional.ofNullable(name.plus(SHA256)).ifPresent(companions::add);
    }
    return companions;
  }

  boolean wantsMarker() {
    return marker != Marker.NONE;
  }

  boolean wantsHash() {
    return hash;
  }
}
