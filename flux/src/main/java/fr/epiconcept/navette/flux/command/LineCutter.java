package fr.epiconcept.navette.flux.command;

import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Cuts a stream of bytes into lines of bounded length. */
public final class LineCutter {
  private static final byte[] NOTHING = {};

  /** Most programs print nothing: made for the first byte. */
  private byte[] held = NOTHING;

  private final Consumer<String> lines;
  private int length;
  private boolean cut;

  /** Gives each line, without its end. */
  public LineCutter(Consumer<String> lines) {
    this.lines = lines;
  }

  /** The next {@code size} bytes of {@code bytes}. */
  public void accept(byte[] bytes, int size) {
    if (held == NOTHING && size > 0) {
      held = new byte[Output.MAX_LINE];
    }
    for (int i = 0; i < size; i++) {
      byte b = bytes[i];
      if (b == '\n') {
        endLine();
      } else {
        if (length == held.length) {
          cutLine();
        }
        held[length++] = b;
      }
    }
  }

  /** The stream has ended: what is left is a line too. */
  public void end() {
    if (length > 0) {
      endLine();
    }
  }

  private void endLine() {
    int end = length > 0 && held[length - 1] == '\r' ? length - 1 : length;
    // A line that was exactly one piece long has been told already.
    if (end > 0 || !cut) {
      tell(end);
    }
    length = 0;
    cut = false;
  }

  /** Tells what is held, save the beginning of a character that is not complete yet. */
  private void cutLine() {
    int end = length;
    while (end > length - 4 && isContinuation(held[end - 1])) {
      end--;
    }
    boolean startsCharacter = (held[end - 1] & 0xC0) == 0xC0;
    end = startsCharacter ? end - 1 : length;
    tell(end);
    System.arraycopy(held, end, held, 0, length - end);
    length -= end;
    cut = true;
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xC0) == 0x80;
  }

  private void tell(int end) {
    lines.accept(new String(held, 0, end, StandardCharsets.UTF_8));
  }
}
