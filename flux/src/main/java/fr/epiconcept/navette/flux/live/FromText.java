package fr.epiconcept.navette.flux.live;

import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import java.io.IOException;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** Reads a value that JSON has as text. */
final class FromText<T> extends FromStringDeserializer<T> {
  private static final long serialVersionUID = 1L;

  private final transient Function<String, T> parse;

  /**
   * The reader of one type.
   *
   * @param parse throws {@link NoSuchElementException} for what is no such value
   */
  FromText(Class<T> type, Function<String, T> parse) {
    super(type);
    this.parse = parse;
  }

  @Override
  @SuppressWarnings("unchecked")
  protected T _deserialize(String text, DeserializationContext context) throws IOException {
    try {
      return parse.apply(text);
    } catch (NoSuchElementException e) {
      return (T) context.handleWeirdStringValue(handledType(), text, "not in its form");
    }
  }
}
