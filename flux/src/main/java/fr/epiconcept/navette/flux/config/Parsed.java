package fr.epiconcept.navette.flux.config;

import java.util.Optional;
import java.util.function.Consumer;

/** What a written value means, or why it means nothing. */
sealed interface Parsed<T> {
  /** The value; or nothing, once {@code complaint} was told why. */
  Optional<T> orComplain(Consumer<String> complaint);

  static <T> Parsed<T> good(T value) {
    return new Good<>(value);
  }

  /**
   * No value.
   *
   * @param what what is wrong and what is expected, in one line
   */
  static <T> Parsed<T> bad(String what) {
    return new Bad<>(what);
  }

  record Good<T>(T value) implements Parsed<T> {
    @Override
    public Optional<T> orComplain(Consumer<String> complaint) {
      return Optional.of(value);
    }
  }

  record Bad<T>(String what) implements Parsed<T> {
    @Override
    public Optional<T> orComplain(Consumer<String> complaint) {
      complaint.accept(what);
      return Optional.empty();
    }
  }
}
