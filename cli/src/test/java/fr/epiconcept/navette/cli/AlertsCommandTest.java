package fr.epiconcept.navette.cli;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code navette alerts test}, with a real program. */
class AlertsCommandTest {
  @TempDir Path folder;
  private Path told;
  private Path tell;

  @BeforeEach
  void layOut() throws Exception {
    Files.createDirectories(folder.resolve("etc/flux.d"));
    told = folder.resolve("told");
    tell = Files.writeString(folder.resolve("tell"), "#!/bin/sh\ncat >> '" + told + "'\n");
    Files.setPosixFilePermissions(tell, fromString("rwxr-xr-x"));
    Files.writeString(
        folder.resolve("etc/flux.d/labo.yml"),
        "ingest: {inbox: /a, archive: /b, quarantine: /c}\nalerts: {commands: {held: none}}\n");
  }

  private Called test(String alerts, String... more) throws Exception {
    Files.writeString(
        folder.resolve("etc/navette.yml"),
        "ingest: {broker: {listen: \"tcp://127.0.0.1:61616\"}}\n" + alerts);
    String[] words = new String[more.length + 4];
    words[0] = "alerts";
    words[1] = "test";
    words[2] = "--config";
    words[3] = folder.resolve("etc").toString();
    System.arraycopy(more, 0, words, 4, more.length);
    return Called.navette(words);
  }

  private String both() {
    return "alerts: {command: [" + tell + "], commands: {dead: [/nowhere/page, x]}}\n";
  }

  @Test
  void eachCommandIsTriedOnce() throws Exception {
    Called called = test("alerts: {command: [" + tell + "]}\n");

    assertEquals(0, called.exit(), called::toString);
    assertEquals("told (quarantined) by " + tell + "\n", called.out());
    assertEquals(1, Files.readAllLines(told).size());
    assertTrue(Files.readString(told).contains("\"test\":true"), Files.readString(told));
    JsonSchemas.check("alert", Files.readString(told));
  }

  @Test
  void aCommandThatFailsIsNamedAndTheOthersAreTriedToo() throws Exception {
    Called called = test(both());

    assertEquals(1, called.exit(), called::toString);
    assertTrue(called.err().contains("/nowhere/page x: cannot start"), called::err);
    assertEquals(1, called.err().lines().count(), called::err);
    assertEquals(1, Files.readAllLines(told).size());
  }

  @Test
  void oneClassOfOneFluxIsTriedByItsOwnSettings() throws Exception {
    Called dead = test(both(), "suspended", "--flux", "labo");
    Called held = test(both(), "held", "--flux", "labo");

    assertEquals(0, dead.exit(), dead::toString);
    assertTrue(Files.readString(told).contains("\"flux\":\"labo\""), Files.readString(told));
    assertEquals(2, held.exit(), held::toString);
    assertTrue(held.err().contains("nobody is called for held"), held::err);
  }

  @Test
  void aDryRunShowsWhatWouldBeRunAndRunsNothing() throws Exception {
    Called called = test(both(), "--dry-run");

    assertEquals(0, called.exit(), called::toString);
    assertTrue(called.out().contains("dead             /nowhere/page x\n"), called::out);
    assertTrue(called.out().contains("disk             " + tell + "\n"), called::out);
    assertTrue(called.out().contains("oldest           " + tell + "\n"), called::out);
    assertTrue(
        called
            .out()
            .contains("silence          " + tell + "  (but never: no alerts.silence is set"),
        called::out);
    assertEquals(12, called.out().lines().count());
    assertFalse(Files.exists(told));
  }

  @Test
  void whatCannotBeMeantIsUsage() throws Exception {
    for (Called wrong :
        new Called[] {
          test(both(), "daed"),
          test(both(), "disk", "--flux", "labo"),
          test(both(), "--flux", "nobody"),
          test("")
        }) {
      assertEquals(2, wrong.exit(), wrong::toString);
      assertEquals(1, wrong.err().lines().count(), wrong::err);
    }
    assertFalse(Files.exists(told));
  }
}
