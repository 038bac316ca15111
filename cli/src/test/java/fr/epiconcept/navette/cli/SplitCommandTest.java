package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One central file becomes a file a flux. */
class SplitCommandTest {
  @TempDir Path folder;
  private Path central;
  private Path into;

  @BeforeEach
  void layOut() throws IOException {
    central = folder.resolve("central.yml");
    into = folder.resolve("etc");
    write("labo", "radio", "soins");
  }

  @Test
  void aSecondRunChangesNothing() throws IOException {
    Called first = split();
    Object made = Files.getLastModifiedTime(file("labo"));
    Called second = split("--diff");

    assertEquals(
        new Called(
            0,
            file("labo")
                + " created\n"
                + file("radio")
                + " created\n"
                + file("soins")
                + " created\n3 created, 0 unchanged\n",
            ""),
        first);
    assertEquals(new Called(0, "3 unchanged\n", ""), second);
    assertEquals(made, Files.getLastModifiedTime(file("labo")));
    assertTrue(
        Files.readString(file("labo"))
            .startsWith(
                "# Written by navette split from central.yml: change it there, not here.\n"));
  }

  @Test
  void whatDiffersIsSaidSettingBySettingAndADryRunWritesNothing() throws IOException {
    split();
    String before = Files.readString(file("labo"));
    Files.writeString(central, Files.readString(central).replace("quiet: 2s", "quiet: 3s"));

    Called dry = split("--dry-run", "--diff");

    assertTrue(
        dry.out()
            .startsWith(
                file("labo") + " changed\n    ingest.ready.quiet 2s → 3s\n" + file("radio")),
        dry::out);
    assertTrue(dry.out().endsWith("3 changed, 0 unchanged (dry run: nothing is written)\n"));
    assertEquals(before, Files.readString(file("labo")));
    assertTrue(split("--json").out().startsWith("{\"dryRun\":false,\"changed\":true,"));
    assertTrue(split("--json").out().startsWith("{\"dryRun\":false,\"changed\":false,"));
  }

  @Test
  void aHostGetsItsFluxesOnly() {
    Called called = split("--host", "host-of-radio");

    assertEquals(0, called.exit(), called::toString);
    assertFalse(Files.exists(file("labo")));
    assertTrue(Files.exists(file("radio")));
  }

  @Test
  void aCentralFileThatIsEmptyOrHalfEmptyIsRefused() throws IOException {
    split();
    write("labo");
    Called shrunk = split("--prune");
    write();
    Called empty = split("--prune");
    Called nobody = split("--host", "nobody");

    assertEquals(
        new Called(
            1,
            "",
            "navette split: 2 of 3 fluxes are not in central.yml any more: nothing is written; say"
                + " --yes if that is meant\n"),
        shrunk);
    assertEquals(1, empty.exit(), empty::toString);
    assertEquals(1, nobody.exit(), nobody::toString);
    assertTrue(Files.exists(file("radio")));

    assertEquals(0, split("--prune", "--yes").exit());
    assertFalse(Files.exists(file("radio")));
  }

  @Test
  void nothingForAHostIsASlipOfItsNameEvenWhereNothingWasWritten() {
    Called slip = split("--host", "host-of-raido");

    assertEquals(
        new Called(
            1,
            "",
            "navette split: no flux of central.yml is for host-of-raido: nothing is written; say"
                + " --yes if that is meant\n"),
        slip);
    assertEquals(new Called(0, "0 unchanged\n", ""), split("--host", "host-of-raido", "--yes"));
  }

  @Test
  void oneOfThreeMayGoAndItsFileGoesWhenItIsPruned() throws IOException {
    split();
    write("labo", "radio");

    assertTrue(split().out().contains(file("soins") + " left: its flux is not in the central"));
    assertTrue(Files.exists(file("soins")));
    assertTrue(split("--prune").out().contains(file("soins") + " removed\n"));
    assertFalse(Files.exists(file("soins")));
  }

  @Test
  void aFileOfSomebodyElseIsNotTouchedAndNothingElseIsWritten() throws IOException {
    Files.createDirectories(into.resolve("flux.d"));
    Files.writeString(file("radio"), "ingest: mine\n");

    Called refused = split("--prune", "--yes");

    assertEquals(
        new Called(
            1,
            "",
            "navette split: "
                + file("radio")
                + " was not written from central.yml: move it away, or take it over with"
                + " --overwrite; nothing is written\n"),
        refused);
    assertEquals("ingest: mine\n", Files.readString(file("radio")));
    assertFalse(Files.exists(file("labo")));

    assertEquals(0, split("--overwrite").exit());
    assertTrue(Files.readString(file("radio")).contains("inbox: /srv/radio"));
  }

  @Test
  void aFaultIsToldWhereItStandsAndNothingIsWritten() throws IOException {
    Files.writeString(
        central, Files.readString(central).replace("inbox: /srv/radio", "inbox: radio"));

    Called called = split();

    assertEquals(2, called.exit());
    assertEquals(
        central
            + ":15:14: ingest.inbox: 'radio' is a relative path: expected one that begins with '/'\n",
        called.err());
    assertFalse(Files.exists(into));
  }

  @Test
  void theExampleOfTheManualIsSplitAsItSays() throws IOException {
    String manual = Files.readString(Path.of("../docs/configuration.md"));
    String section = manual.substring(manual.indexOf("## One central file"));
    String[] blocks = section.split("```\n", -1);
    Files.writeString(central, blocks[1]);

    Called called = split("--host", "files1");

    assertEquals(0, called.exit(), called::toString);
    assertTrue(
        blocks[3].endsWith(called.out().replace(into.toString(), "/etc/navette")), called::out);
  }

  private void write(String... fluxes) throws IOException {
    StringBuilder text = new StringBuilder("x-ready: &ready {quiet: 2s}\nfluxes:\n");
    for (String flux : fluxes) {
      text.append("  " + flux + ":\n    hosts: [all, host-of-" + flux + "]\n    ingest:\n");
      text.append("      ready: *ready\n      archive: /srv/archive\n");
      text.append("      inbox: /srv/" + flux + "\n      quarantine: /srv/quarantine\n");
    }
    Files.writeString(central, text);
  }

  private Path file(String flux) {
    return into.resolve("flux.d/" + flux + ".yml");
  }

  private Called split(String... more) {
    List<String> words = new ArrayList<>(List.of("split", central.toString(), "--into=" + into));
    words.addAll(List.of(more));
    return Called.navette(words.toArray(String[]::new));
  }
}
