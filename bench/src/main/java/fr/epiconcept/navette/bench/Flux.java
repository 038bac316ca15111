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
 * @param phpFpm the address of a php-fpm that runs it, without the path of the file
 */
record Flux(
    String name,
    int concurrency,
    int ahead,
    Optional<List<String>> script,
    Optional<String> phpFpm) {
  /** What a flux has whose file says nothing of it. */
  private static final int AHEAD = 32;

  static Flux named(String name) {
    return new Flux(name, 1, AHEAD, Optional.empty(), Optional.empty());
  }

  Flux concurrency(int files) {
    return new Flux(name, files, ahead, script, phpFpm);
  }

  Flux ahead(int files) {
    return new Flux(name, concurrency, files, script, phpFpm);
  }

  Flux script(List<String> command) {
    return new Flux(name, concurrency, ahead, Optional.of(command), phpFpm);
  }

  Flux phpFpm(String address, String script) {
    return new Flux(name, concurrency, ahead, Optional.of(List.of(script)), Optional.of(address));
  }

  /** What stands in the flux's file. */
  String command(String own) {
    String words = String.join(", ", script.orElse(List.of(own)));
    return phpFpm
        .map(address -> "[%s]\n  php-fpm: %s".formatted(words, address))
        .orElse("[%s, \"{file}\"]".formatted(words));
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
