package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.file.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Settings in force as text, key by key, defaults included: to tell what differs between two
 * configurations.
 *
 * @param shown key and value; what may be a secret is masked
 * @param fingerprint of all values, masked ones too: equal if and only if all are. To be given to
 *     whoever knows the values, and to nobody else: a weak secret could be guessed from it
 */
public record Settings(SortedMap<String, String> shown, String fingerprint) {

  /** One key whose value differs; without a value on a side where the key does not apply. */
  public record Change(String key, Optional<String> from, Optional<String> to) {
    @Override
    public String toString() {
      return key + " " + from.orElse("(nothing)") + " → " + to.orElse("(nothing)");
    }
  }

  /** Those of a flux on one server. */
  public static Settings of(FluxConfig flux, Side side) {
    return of(Description.settings(flux, side, true), Description.settings(flux, side, false));
  }

  /** Those of a daemon itself. */
  public static Settings of(DaemonConfig daemon, Side side) {
    SortedMap<String, String> all = Description.settings(daemon, side);
    return of(all, all);
  }

  private static Settings of(SortedMap<String, String> shown, SortedMap<String, String> exact) {
    StringBuilder text = new StringBuilder();
    exact.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    return new Settings(shown, HexFormat.of().formatHex(Hashing.newDigest().digest(bytes)));
  }

  /** What differs, by key. A value that is masked on both sides does not show here. */
  public static List<Change> changes(Map<String, String> before, Map<String, String> after) {
    TreeSet<String> keys = new TreeSet<>(before.keySet());
    keys.addAll(after.keySet());
    List<Change> changes = new ArrayList<>();
    for (String key : keys) {
      Optional<String> from = Optional.ofNullable(before.get(key));
      Optional<String> to = Optional.ofNullable(after.get(key));
      if (!from.equals(to)) {
        changes.add(new Change(key, from, to));
      }
    }
    return changes;
  }

  /** As {@link #changes(Map, Map)}, and one line more if only what is masked differs. */
  public static List<Change> changes(Settings before, Settings after) {
    List<Change> changes = changes(before.shown(), after.shown());
    return changes.isEmpty() && !before.fingerprint().equals(after.fingerprint())
        ? List.of(maskedOnly())
        : changes;
  }

  /** What is told where the only difference is one that is not shown. */
  public static Change maskedOnly() {
    return new Change(
        "worker.env", Optional.of("(masked)"), Optional.of("(another value, masked)"));
  }

  public Settings {
    shown = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(shown));
  }
}
