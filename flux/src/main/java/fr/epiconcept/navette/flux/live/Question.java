package fr.epiconcept.navette.flux.live;

import java.util.Map;
import java.util.Optional;

/**
 * What is asked of a daemon.
 *
 * @param verb the word under which its {@link Desk} has the answer
 * @param with names and values; an unknown name is no error, so that an older daemon answers a
 *     newer command
 */
public record Question(String verb, Map<String, String> with) {
  public Question {
    with = with == null ? Map.of() : Map.copyOf(with);
  }

  /** A question without any more words. */
  public static Question of(String verb) {
    return new Question(verb, Map.of());
  }

  /** The same question with one more value. */
  public Question with(String name, String value) {
    Map<String, String> more = new java.util.TreeMap<>(with);
    more.put(name, value);
    return new Question(verb, more);
  }

  /** The value of that name. */
  public Optional<String> get(String name) {
    return Optional.ofNullable(with.get(name));
  }
}
