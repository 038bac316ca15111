package fr.epiconcept.navette.flux.command;

/**
 * Passes lines on until a limit is reached, and counts what comes after. The first line that does
 * not fit ends it: what was passed on is the beginning of the output, without holes.
 */
public final class CappedOutput implements Output {
  private final Output next;
  private final long limit;
  private long passed;
  private OutputCount dropped = OutputCount.NONE;

  /**
   * Caps {@code next}.
   *
   * @param limit bytes passed on at most, both streams and line ends included
   */
  public CappedOutput(Output next, long limit) {
    this.next = next;
    this.limit = limit;
  }

  @Override
  public void line(Stream stream, String text) {
    long size = utf8Length(text) + 1;
    if (dropped.lines() == 0 && passed + size <= limit) {
      passed += size;
      next.line(stream, text);
    } else {
      dropped = dropped.plus(size);
    }
  }

  /** What was not passed on so far; to be asked by the thread that awaited the program. */
  public OutputCount dropped() {
    return dropped;
  }

  private static long utf8Length(String text) {
    long length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // Each half of a surrogate pair stands for two of its four bytes.
      boolean two = (c >= 0x80 && c < 0x800) || Character.isSurrogate(c);
      length += c < 0x80 ? 1 : two ? 2 : 3;
    }
    return length;
  }
}
