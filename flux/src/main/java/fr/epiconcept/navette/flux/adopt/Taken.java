package fr.epiconcept.navette.flux.adopt;

import fr.epiconcept.navette.flux.adopt.Old.Keys;
import fr.epiconcept.navette.flux.adopt.Old.Text;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Keys of which each is taken once: what is left at the end has been understood by nobody. */
final class Taken {
  private final Keys keys;
  private final Set<String> taken = new HashSet<>();

  Taken(Keys keys) {
    this.keys = keys;
  }

  Old.Where at() {
    return keys.at();
  }

  Optional<Old> take(String key) {
    taken.add(key);
    return Optional.ofNullable(keys.entries().get(key))
        .filter(old -> !(old instanceof Text text && text.isNull()));
  }

  /** A single value. */
  Optional<Text> text(String key) {
    return take(key).filter(Text.class::isInstance).map(Text.class::cast);
  }

  /** The keys below a key, in the order of the file; none if there are none. */
  Map<String, Old> below(String key) {
    return take(key)
        .filter(Keys.class::isInstance)
        .map(Keys.class::cast)
        .map(Keys::entries)
        .orElse(Map.of());
  }

  /** What nobody took. */
  Map<String, Old> rest() {
    Map<String, Old> rest = new LinkedHashMap<>(keys.entries());
    rest.keySet().removeAll(taken);
    return rest;
  }
}
