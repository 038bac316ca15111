package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.flux.live.LiveJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where no daemon answers. */
class StatusCommandTest {
  private static final String FIRST = "01M84Z0JV38N63DNTHRZ7PR7PT";
  private static final String SECOND = "01M84Z0K6ZAFNGE5BH3GQ9GNBA";

  @TempDir Path folder;
  private String config;

  @BeforeEach
  void layOut() throws Exception {
    for (String each : new String[] {"etc/flux.d", "inbox", "archive", "quarantine", "log"}) {
      Files.createDirectories(folder.resolve(each));
    }
    config = folder.resolve("etc").toString();
    write(
        "etc/navette.yml",
        """
        logs: ROOT/log
        run: ROOT/run
        ingest:
          spool: ROOT/spool
          state: ROOT/state
          broker: {data: ROOT/broker, listen: "tcp://127.0.0.1:61999", accounts: ROOT/accounts}
        """);
    for (String flux : new String[] {"labo", "radio"}) {
      write(
          "etc/flux.d/" + flux + ".yml",
          """
          ingest: {inbox: ROOT/inbox/FLUX, archive: ROOT/archive, quarantine: ROOT/quarantine}
          """
              .replace("FLUX", flux));
      Files.createDirectories(folder.resolve("inbox").resolve(flux));
    }
  }

  private void write(String file, String text) throws Exception {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text.replace("ROOT", folder.toString()));
  }

  private Called status(String... arguments) {
    return Called.navette(
        Stream.concat(Stream.of("status", "--config=" + config), Stream.of(arguments))
            .toArray(String[]::new));
  }

  @Test
  void saysFirstThatTheDaemonDoesNotRunThenWhatStandsOnDisk() throws Exception {
    write("inbox/labo/new.hl7", "x");
    write("inbox/labo/upload.tmp", "x");
    write("spool/labo/claimed/" + FIRST + "/old.hl7", "x");
    write("spool/labo/published/" + SECOND + "/newer.hl7", "x");
    write("spool/labo/dead/" + SECOND, "arrived name=x");
    write(
        "log/labo.log",
        "2026-11-23T19:44:32.643+00:00 INFO " + FIRST + " processed name=was.hl7 exit=0\n");

    Called called = status();

    assertEquals(3, called.exit(), called::toString);
    assertTrue(called.out().startsWith("ingest  NOT RUNNING\n"), called::out);
    assertTrue(called.err().contains("as the disk shows them"), called::err);
    String labo = line(called, "labo ");
    assertTrue(labo.contains("waiting 3 (oldest "), labo);
    assertTrue(labo.contains("dead 1"), labo);
    assertTrue(labo.contains("last was.hl7 processed "), labo);
    assertTrue(called.out().contains("navette replay labo --dead"), called::out);
    assertFalse(called.out().contains("\u001b"), "colours only on a terminal");
    assertTrue(Files.notExists(folder.resolve("spool/radio")), "nothing is made");
    assertTrue(Files.notExists(folder.resolve("state")), "nothing is made");
  }

  private static String line(Called called, String start) {
    return called.out().lines().filter(each -> each.startsWith(start)).findFirst().orElseThrow();
  }

  @Test
  void saysTheSameAsJson() throws Exception {
    write("spool/radio/claimed/" + FIRST + "/old.hl7", "x");

    Called called = status("--json", "radio");

    assertEquals(3, called.exit(), called::toString);
    assertEquals(1, called.out().lines().count(), called::out);
    JsonNode json = LiveJson.mapper().readTree(called.out());
    assertFalse(json.get("ok").asBoolean());
    assertEquals("INGEST", json.get("absent").get(0).get("side").asText());
    assertEquals(1, json.get("fluxes").size(), called::out);
    JsonNode radio = json.get("fluxes").get(0);
    assertEquals("DISK", radio.get("source").asText());
    assertEquals(1, radio.get("status").get("waiting").get("spool").asInt());
    assertEquals("old.hl7", radio.get("status").get("waiting").get("oldest").get("name").asText());
  }

  @Test
  void aFluxThatIsNotThereIsAMistakeOfTheCaller() {
    Called called = status("labbo");

    assertEquals(2, called.exit(), called::toString);
    assertEquals("", called.out());
    assertTrue(called.err().startsWith("navette status: no flux 'labbo'"), called::err);
  }

  @Test
  void aSpoolThatThisUserCannotReadIsSaidAndTheOtherFluxIsShown() throws Exception {
    // A file in the place of a folder: root may read all else.
    write("spool/labo/claimed", "no folder");
    write("spool/radio/claimed/" + FIRST + "/old.hl7", "x");

    Called called = status();

    assertEquals(3, called.exit(), called::toString);
    assertTrue(line(called, "radio").contains("waiting 1"), called::out);
    assertTrue(line(called, "labo ").contains("DOWN"), called::out);
  }
}
