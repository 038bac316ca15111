package fr.epiconcept.navette.flux.command;

/**
 * How much was printed.
 *
 * @param lines lines, or pieces of long ones
 * @param bytes their bytes in UTF-8, line ends included
 */
public record OutputCount(long lines, long bytes) {
  /** Nothing. */
  public static final OutputCount NONE = new OutputCount(0, 0);

  OutputCount plus(long moreBytes) {
    return new OutputCount(lines + 1, bytes + moreBytes);
  }
}
