package fr.epiconcept.navette.flux.reload;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folders by where they really are: links hide nothing. */
final class Folders {
  private static final Logger LOG = LoggerFactory.getLogger(Folders.class);

  private Folders() {}

  static Set<Path> real(Set<Path> folders) {
    return folders.stream().map(Folders::real).collect(Collectors.toUnmodifiableSet());
  }

  private static Path real(Path folder) {
    Path known = folder.toAbsolutePath().normalize();
    return realPart(known).orElse(known);
  }

  /** Links are followed as far as the path exists; the rest leads nowhere yet. */
  private static Optional<Path> realPart(Path known) {
    Optional<IOException> notThere = Optional.empty();
    for (Path at = known; at != null; at = at.getParent()) {
      try {
        return Optional.of(at.toRealPath().resolve(at.relativize(known)));
      } catch (IOException e) {
        notThere = Optional.of(e);
      }
    }
    LOG.debug("{} cannot be followed", known, notThere.orElse(null));
    return Optional.empty();
  }

  /** One that both have. */
  static Optional<Path> shared(Set<Path> some, Set<Path> others) {
    return some.stream().filter(others::contains).findFirst();
  }
}
