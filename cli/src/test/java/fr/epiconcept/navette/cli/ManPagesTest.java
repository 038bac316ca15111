package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The manual pages that the packages bring. */
class ManPagesTest {
  private static final Path PAGES =
      Path.of(System.getProperty("navette.dist")).resolve("share/man/man1");

  private static Map<String, String> pages() {
    return ManPages.of(Main.wholeCommandLine(), "1.2", Instant.parse("2026-11-23T00:00:00Z"));
  }

  @Test
  void eachCommandHasOne() {
    for (String command : Main.wholeCommandLine().getSubcommands().keySet()) {
      assertTrue(pages().containsKey("navette-" + command + ".1"), command);
      assertTrue(Files.isRegularFile(PAGES.resolve("navette-" + command + ".1")), command);
    }
    assertTrue(Files.isRegularFile(PAGES.resolve("navette.1")));
  }

  @Test
  void aPageTellsWhatTheHelpTells() {
    String page = pages().get("navette-replay.1");

    assertTrue(page.startsWith(".TH NAVETTE\\-REPLAY 1 2026-11-23 \"navette 1.2\""), page);
    assertTrue(
        page.contains("\\fB\\-\\-name\\fR \\fIGLOB\\fR\nfiles of such names (* ? [a\\-z] {a,b}"));
    assertTrue(page.contains(".SH \"EXIT STATUS\"\n.TP\n0\ndone\n"), page);
    assertTrue(page.contains("\n  navette replay labo \\-\\-dead"), page);
  }

  @Test
  void commandsBelowACommandAreInItsPage() {
    assertTrue(pages().get("navette-accounts.1").contains(".SH \"NAVETTE ACCOUNTS ROTATE\""));
  }

  @Test
  void groffUnderstandsThem() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/groff")), "needs groff");
    for (String name : pages().keySet()) {
      List<String> groff = List.of("groff", "-man", "-ww", "-z", PAGES.resolve(name).toString());
      Ran ran = Ran.command(groff, Map.of());
      assertEquals("", ran.err(), name);
      assertEquals(0, ran.exit(), name);
    }
  }
}
