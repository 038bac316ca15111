package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final StringWriter written = new StringWriter();

  private Progress progress(boolean shown) {
    return new Progress(new PrintWriter(written), shown);
  }

  private String[] drawn() {
    return written.toString().split("\r", -1);
  }

  @Test
  void growsToItsEnd() {
    Progress progress = progress(true);
    progress.of(2);
    assertEquals("[..............................] 0 of 2", drawn()[1]);
    progress.oneMore();
    progress.oneMore();
    assertEquals("[##############################] 2 of 2", drawn()[drawn().length - 1]);
  }

  @Test
  void isDrawnSeldomHoweverManyFilesThereAre() {
    Progress progress = progress(true);
    progress.of(100_000);
    for (int i = 0; i < 100_000; i++) {
      progress.oneMore();
    }
    assertTrue(drawn().length < 1000, () -> "drawn " + drawn().length + " times");
    assertTrue(written.toString().endsWith("] 100000 of 100000"));
  }

  @Test
  void makesRoomForALineAndComesBackWithTheNextFile() {
    Progress progress = progress(true);
    progress.of(3);
    progress.clear();
    String cleared = drawn()[drawn().length - 2];
    assertTrue(
        cleared.isBlank() && cleared.length() > drawn()[1].length(), "nothing is left of it");
    assertEquals("", drawn()[drawn().length - 1]);
    progress.oneMore();
    assertTrue(written.toString().endsWith("] 1 of 3"), written::toString);
  }

  @Test
  void writesNothingWhereThereIsNoTerminal() {
    Progress progress = progress(false);
    progress.of(2);
    progress.oneMore();
    progress.clear();
    assertEquals("", written.toString());
    // The tests' own standard error is none either.
    Progress.on(new PrintWriter(written), true).of(2);
    assertEquals("", written.toString());
  }

  @Test
  void hasNothingToShowOfNothing() {
    Progress progress = progress(true);
    progress.of(0);
    progress.clear();
    assertEquals("", written.toString());
  }
}
