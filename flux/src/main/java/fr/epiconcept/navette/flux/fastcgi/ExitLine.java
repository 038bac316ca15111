package fr.epiconcept.navette.flux.fastcgi;

import fr.epiconcept.navette.flux.command.Output;
import java.util.OptionalInt;

/**
 * Passes a script's output on, all but its last line that is not empty, if that says how the script
 * ended: the word that only this run was told, a blank, and a number from 0 to 255. A script that
 * PHP says has died has not ended so, whatever it said before.
 */
final class ExitLine implements Output {
  private static final int HIGHEST = 255;
  private static final String DEATH = "PHP Fatal error";

  private final String word;
  private final Output next;
  private String held = "";
  private long emptyBehind;
  private boolean dead;

  ExitLine(String word, Output next) {
    this.word = word;
    this.next = next;
  }

  @Override
  public void line(Stream stream, String text) {
    if (stream == Stream.ERR) {
      dead |= text.contains(DEATH);
      next.line(stream, text);
    } else if (text.isEmpty()) {
      emptyBehind++;
    } else {
      passHeld();
      held = text;
    }
  }

  private void passHeld() {
    if (!held.isEmpty()) {
      next.line(Stream.OUT, held);
    }
    for (; emptyBehind > 0; emptyBehind--) {
      next.line(Stream.OUT, "");
    }
    held = "";
  }

  /** The output is complete. What the script said of its end; nothing if it did not. */
  OptionalInt end() {
    OptionalInt said = said();
    if (said.isPresent()) {
      held = "";
    }
    emptyBehind = 0;
    passHeld();
    return said;
  }

  private OptionalInt said() {
    if (dead || !held.startsWith(word + " ")) {
      return OptionalInt.empty();
    }
    String number = held.substring(word.length() + 1).strip();
    if (!number.matches("\\d{1,3}") || Integer.parseInt(number) > HIGHEST) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(Integer.parseInt(number));
  }
}
