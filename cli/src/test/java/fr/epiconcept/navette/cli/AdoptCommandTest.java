package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An old configuration becomes files of fluxes, and a list of what is left to do. */
class AdoptCommandTest {
  private static final String OLD =
      """
      {
        "labo": {
          "path": "/space/home/labo/inbox",
          "sleep": 60,
          "filetypes": {"hl7": {"desc": "HL7", "method": "fileglob", "pattern": "*.hl7"}},
          "actions": {"copy": {"cmd": "rsync \\"$INDIRD_FILE\\" front1:hl7"}},
          "ends": {"done": {"cmd": "mv \\"$INDIRD_FILE\\" /space/archives/labo"}},
          "conds": {"ok": "test $INDIRD_CODE -eq 0"},
          "rules": {"hl7": [{"action": "copy", "ends": [{"cond": "ok", "end": "done"}]}]}
        }
      }
      """;

  @TempDir Path folder;
  private Path old;
  private Path labo;
  private String into;

  @BeforeEach
  void writeOld() throws IOException {
    old = Files.writeString(folder.resolve("indird.conf"), OLD);
    labo = folder.resolve("new/flux.d/labo.yml");
    into = "--into=" + folder.resolve("new");
  }

  @Test
  void checkRefusesWhatIsStillToBeFilledIn() throws IOException {
    Called adopted = Called.navette("adopt", old.toString(), into);
    Called check = check();

    assertEquals(0, adopted.exit(), adopted::toString);
    assertTrue(
        adopted
            .out()
            .contains(
                old + ":9:22: labo: todo: ingest.quarantine: no end moves files to such a folder"),
        adopted::out);
    assertTrue(
        adopted.out().endsWith("1 flux, 1 to fill in, 0 not taken over, 2 that work otherwise\n"),
        adopted::out);
    assertTrue(check.out().contains("ingest.quarantine: 'TODO' is a relative path"), check::out);

    Files.writeString(
        labo, Files.readString(labo).replace("quarantine: TODO", "quarantine: /space/q/labo"));
    assertFalse(check().out().contains("labo.yml"), check()::out);
  }

  private Called check() {
    return Called.navette("check", "--offline", "--config", folder.resolve("new").toString());
  }

  @Test
  void whatSomebodyFilledInIsNotWrittenOver() throws IOException {
    Called.navette("adopt", old.toString(), into);
    Called same = Called.navette("adopt", old.toString(), into);
    Files.writeString(labo, Files.readString(labo).replace("quarantine: TODO", "quarantine: /q"));
    String filled = Files.readString(labo);

    Called refused = Called.navette("adopt", old.toString(), into);

    assertTrue(same.out().contains(labo + " unchanged\n"), same::out);
    assertEquals(
        new Called(
            1,
            "",
            "navette adopt: "
                + labo
                + " is there and says something else: move it away, or say --overwrite; nothing is"
                + " written\n"),
        refused);
    assertEquals(filled, Files.readString(labo));
    assertEquals(0, Called.navette("adopt", old.toString(), into, "--overwrite").exit());
    assertTrue(Files.readString(labo).contains("quarantine: TODO"));
  }

  @Test
  void withoutAFolderItIsPrintedAndADryRunWritesNothing() {
    Called printed = Called.navette("adopt", old.toString());
    Called dry = Called.navette("adopt", old.toString(), into, "--dry-run");
    Called json = Called.navette("adopt", old.toString(), "--json");

    assertTrue(printed.out().startsWith("# --- flux.d/labo.yml\n# Written by navette adopt"));
    assertTrue(dry.out().contains(labo + " created\n"), dry::out);
    assertTrue(dry.out().endsWith("(nothing is written)\n"), dry::out);
    assertFalse(Files.exists(folder.resolve("new")));
    assertTrue(json.out().contains("\"kind\":\"TODO\""), json::out);
  }

  @Test
  void whatCannotBeReadIsOneLine() throws IOException {
    Files.writeString(old, "{\"labo\": }");

    Called called = Called.navette("adopt", old.toString(), into);

    assertEquals(2, called.exit());
    assertTrue(
        called.err().startsWith("navette adopt: " + old + ":1:10: this is no JSON: "), called::err);
    assertEquals(1, called.err().lines().count());
  }
}
