package fr.epiconcept.navette.flux.inbox;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.config.ReadyRules;
import fr.epiconcept.navette.flux.config.ReadyRules.Marker;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which names of a folder can be deposits, and which belong to one. */
final class Names {
  static final String OK = ".ok";
  static final String SHA256 = ".sha256";

  private static final Path HERE = Path.of("/");

  private final Marker marker;
  private final boolean hash;
  private final List<Glob> match;
  private final List<Glob> ignore;

  private record Glob(String pattern, PathMatcher matcher) {
    boolean matches(Path name) {
      return matcher.matches(name);
    }
  }

  Names(ReadyRules rules) {
    marker = rules.marker();
    hash = rules.hash();
    match = globs(rules.match());
    List<String> never = new ArrayList<>(ReadyRules.NEVER);
    never.addAll(rules.ignore());
    ignore = globs(never);
  }

  private static List<Glob> globs(List<String> patterns) {
    List<Glob> globs = new ArrayList<>();
    for (String pattern : patterns) {
      globs.add(new Glob(pattern, FileSystems.getDefault().getPathMatcher("glob:" + pattern)));
    }
    return globs;
  }

  /** Why a file of that name is never taken, or nothing if it may be. */
  Optional<String> whyNever(FileName name) {
    if (name.isHidden()) {
      return Optional.of("ignored: dot file");
    }
    if (owner(name).isPresent()) {
      return Optional.of("ignored: belongs to " + owner(name).get());
    }
    Path path = name.in(HERE).getFileName();
    Optional<Glob> ignoredBy = ignore.stream().filter(glob -> glob.matches(path)).findFirst();
    if (ignoredBy.isPresent()) {
      return Optional.of("ignored by the pattern " + ignoredBy.get().pattern());
    }
    if (!match.isEmpty() && match.stream().noneMatch(glob -> glob.matches(path))) {
      return Optional.of("unmatched: no pattern of the flux takes it");
    }
    return Optional.empty();
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

  boolean wantsMarker() {
    return marker != Marker.NONE;
  }

  boolean wantsHash() {
    return hash;
  }
}
