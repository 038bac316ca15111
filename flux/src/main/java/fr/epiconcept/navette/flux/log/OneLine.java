package fr.epiconcept.navette.flux.log;

/** Names and paths for people, on one line and safe for a terminal. */
public final class OneLine {
  private OneLine() {}

  /**
   * A value as a log spells it, without quotes: control characters and bytes that are no UTF-8 are
   * spelled out.
   */
  public static String of(Object value) {
    return Quoting.oneLine(ValueText.of(value));
  }
}
