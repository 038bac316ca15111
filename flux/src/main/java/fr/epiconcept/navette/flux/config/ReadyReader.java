package fr.epiconcept.navette.flux.config;

import java.time.Duration;
import java.util.List;

/** Reads {@code ready} and {@code out-ready}. */
final class ReadyReader {
  private static final List<String> KEYS =
      List.of("quiet", "marker", "hash", "match", "ignore", "empty", "rescan");

  private ReadyReader() {}

  static ReadyRules read(Section parent, String key) {
    ReadyRules defaults = ReadyRules.defaults();
    return parent
        .section(key, KEYS)
        .map(
            rules ->
                new ReadyRules(
                    rules.duration("quiet", defaults.quiet(), Duration.ZERO, Duration.ofDays(1)),
                    rules.choice("marker", defaults.marker()),
                    rules.flag("hash", defaults.hash()),
                    rules.list("match", NamePattern::check).orElse(defaults.match()),
                    rules.list("ignore", NamePattern::check).orElse(defaults.ignore()),
                    rules.choice("empty", defaults.empty()),
                    rules.duration(
                        "rescan", defaults.rescan(), Duration.ofMillis(10), Duration.ofDays(1))))
        .orElse(defaults);
  }
}
