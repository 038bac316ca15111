package fr.epiconcept.navette.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the test deposited, in order: the one side of the books that Navette never sees. */
final class Deposits {
  private final Map<String, Map<String, String>> hashes = new LinkedHashMap<>();

  /** Deposits under a hidden name, then renames. */
  void put(Flux flux, String name, byte[] bytes) throws IOException {
    Path hidden = flux.inbox().resolve("." + name);
    Files.write(hidden, bytes);
    remember(flux, name, Content.sha256(bytes));
    Files.move(hidden, flux.inbox().resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Takes note of a deposit that the test made in its own way. */
  void remember(Flux flux, String name, String sha256) {
    String before =
        hashes.computeIfAbsent(flux.name(), key -> new LinkedHashMap<>()).put(name, sha256);
    if (before != null) {
      throw new IllegalArgumentException("the books tell deposits by their names: " + name);
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
