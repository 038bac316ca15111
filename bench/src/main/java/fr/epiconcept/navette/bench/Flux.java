package fr.epiconcept.navette.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * One flux of a site.
 *
 * @param script what is run, before the path of the file; nothing: a copy of {@code unlink} of its
 *     own
 */
record Flux(String name, int concurrency, Optional<List<String>> script) {
  static Flux named(String name) {
    return new Flux(name, 1, Optional.empty());
  }

  Flux concurrency(int files) {
    return new Flux(name, files, script);
  }

  Flux script(List<String> command) {
    return new Flux(name, concurrency, Optional.of(command));
  }

  /** These, and as many others as make {@code count} in all. */
  static List<Flux> among(int count, Flux... measured) {
    List<Flux> all = new ArrayList<>();
    Collections.addAll(all, measured);
    for (int i = all.size(); i < count; i++) {
      all.add(named("other%03d".formatted(i)));
    }
    return all;
  }
}
