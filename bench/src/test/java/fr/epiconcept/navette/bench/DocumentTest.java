package fr.epiconcept.navette.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class DocumentTest {
  private static final String PAGE =
      """
      by hand
      <!-- figures: written by "make bench" -->
      of yesterday
      <!-- end of figures -->
      by hand too
      """;

  @Test
  void onlyWhatStandsBetweenTheMarksIsReplaced() {
    assertEquals(PAGE.replace("of yesterday", "of today"), Document.spliced(PAGE, "of today\n"));
  }

  @Test
  void aPageWithoutMarksIsLeftAlone() {
    assertThrows(IllegalArgumentException.class, () -> Document.spliced("by hand\n", "of today\n"));
  }
}
