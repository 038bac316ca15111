package fr.epiconcept.navette.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * One flux of a site.
 *
 * @param ahead how many files may be stored before their turn comes
 * @param script what is run, before the path of the file; nothing: a copy of {@code unlink} of its
 *     own
 */
record Flux(String name, int concurrency, int ahead, Optional<List<String>> script) {
  /** What a flux has whose file says nothing of it. */
  private static final int AHEAD = 32;

  static Flux named(String name) {
    return new Flux(name, 1, AHEAD, Optional.empty());
  }

  Flux concurrency(int files) {
    return new Flux(name, files, ahead, script);
  }

  Flux ahead(int files) {
    return new Flux(name, concurrency, files, script);
  }

  Flux script(List<String> command) {
    return new Flux(name, concurrency, ahead, Optional.of(command));
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
