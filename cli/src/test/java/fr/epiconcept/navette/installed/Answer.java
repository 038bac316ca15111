package fr.epiconcept.navette.installed;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * What came of a command.
 *
 * @param output what it said on stdout and stderr, as it came
 */
record Answer(String command, int exit, String output) {

  /** The output, if the command was done. */
  String succeeded() {
    assertEquals(0, exit, this::toString);
    return output;
  }

  @Override
  public String toString() {
    return "# " + command + "\n" + output + "[exit " + exit + "]";
  }
}
