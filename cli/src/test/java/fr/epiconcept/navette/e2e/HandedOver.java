package fr.epiconcept.navette.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the test handed over on one of the servers, in order: the side of the books that Navette
 * never sees.
 */
final class HandedOver {
  private final Map<String, Map<String, String>> hashes = new LinkedHashMap<>();

  /** Writes under a hidden name, then renames. */
  void put(Flux flux, Path folder, String name, byte[] bytes) throws IOException {
    Path hidden = folder.resolve("." + name);
    Files.write(hidden, bytes);
    remember(flux, name, Content.sha256(bytes));
    Files.move(hidden, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Takes note of a file that the test made in its own way. */
  void remember(Flux flux, String name, String sha256) {
    String before =
        hashes.computeIfAbsent(flux.name(), key -> new LinkedHashMap<>()).put(name, sha256);
    if (before != null) {
      throw new IllegalArgumentException("the books tell files by their names: " + name);
    }
  }

  /** Names and SHA-256, in order of arrival. */
  Map<String, String> of(Flux flux) {
    return hashes.getOrDefault(flux.name(), Map.of());
  }

  List<String> names(Flux flux) {
    return new ArrayList<>(of(flux).keySet());
  }
}
