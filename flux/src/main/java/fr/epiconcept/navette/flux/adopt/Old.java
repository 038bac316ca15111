package fr.epiconcept.navette.flux.adopt;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A piece of an old configuration that knows where it stands. */
sealed interface Old {
  /** Where it begins. */
  Where at();

  /** A text, a number, {@code true}, {@code false} or {@code null}: as it is written. */
  record Text(String text, boolean isNull, Where at) implements Old {}

  /** A list. */
  record Many(List<Old> items, Where at) implements Old {}

  /** Keys and their values, in the order of the file. */
  record Keys(Map<String, Old> entries, Where at) implements Old {}

  /** A place in a file. */
  record Where(Path file, int line, int column) {}
}
