package fr.epiconcept.navette.flux.adopt;

import java.io.Serial;

/** An old configuration that cannot be read; its message is the one line that the user reads. */
public final class BrokenOld extends Exception {
  @Serial private static final long serialVersionUID = 1;

  BrokenOld(Old.Where at, String what) {
    super(
        Note.oneLine(
            at.file() + (at.line() > 0 ? ":" + at.line() + ":" + at.column() : "") + ": " + what));
  }
}
