package fr.epiconcept.navette.flux.log;

/**
 * The spelling of names and paths for people outside a log: one line of readable characters, as a
 * value in a log has them, without quotes.
 */
public final class OneLine {
  private OneLine() {}

  /**
   * The text of {@code value}: a {@link fr.epiconcept.navette.flux.FileName} or a path with the
   * bytes that are no UTF-8 spelled out, anything else by its {@code toString}.
   */
  public static String of(Object value) {
    return Quoting.oneLine(ValueText.of(value));
  }
}
