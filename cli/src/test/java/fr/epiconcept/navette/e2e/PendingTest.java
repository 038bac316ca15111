package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code navette pending}: one file in each state, asked for on both servers. */
@ExtendWith(TellsOnFailure.class)
class PendingTest {
  @TempDir static Path folder;
  private static TwoServers servers;
  private static Path go;
  private static OutputStream writer;

  @BeforeAll
  static void oneFileInEachState() throws Exception {
    go = folder.resolve("go");
    String works =
        """
        case "$NAVETTE_NAME" in
          again*) exit 75;;
          dead*) exit 3;;
          long*) while [ ! -e "%s" ]; do sleep 0.1; done;;
        esac
        """
            .formatted(go);
    servers =
        TwoServers.in(folder)
            .with(
                Flux.named("labo")
                    .ingest("ready: {ignore: [\"*.bak\"]}")
                    .check("case \"$1\" in *bad*) exit 1;; *notyet*) exit 75;; esac\n")
                    .script(works),
                Flux.named("marked").ingest("ready: {marker: \"{name}.ok\"}"),
                Flux.named("retry").worker("retry: {delay: 10m}").script(works),
                Flux.named("strict").worker("on-failure: stop").script(works));
    servers.startBoth();
    servers.deposit("labo", "dead.hl7", "1");
    servers.deposit("labo", "bad.hl7", "1");
    servers.deposit("labo", "notyet.hl7", "1");
    servers.deposit("labo", "x.bak", "1");
    servers.deposit("marked", "nomarker.hl7", "1");
    writer = Files.newOutputStream(servers.flux("labo").inbox().resolve("growing.hl7"));
    writer.write('1');
    servers.deposit("retry", "again.hl7", "1");
    servers.deposit("strict", "dead-strict.hl7", "1");
    awaitListed("etc-files", "labo DEAD dead.hl7", "strict DEAD dead-strict.hl7");
    servers.deposit("labo", "long.hl7", "1");
    servers.deposit("strict", "behind-strict.hl7", "1");
    awaitListed("etc-front", "labo PROCESSING long.hl7", "retry LATER again.hl7");
    servers.deposit("labo", "next.hl7", "1");
    servers.deposit("retry", "behind.hl7", "1");
    awaitListed("etc-files", "labo * next.hl7", "retry * behind.hl7", "strict * behind-strict.hl7");
  }

  @AfterAll
  static void stop() throws Exception {
    Files.writeString(go, "");
    writer.close();
    servers.close();
  }

  private static Tool pending(String config, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(Tool.NAVETTE, "pending", "--config", folder.resolve(config).toString()));
    command.addAll(List.of(more));
    return Tool.run(command.toArray(String[]::new)).succeeded();
  }

  /** Waits until each {@code FLUX PLACE NAME} has its line. */
  private static void awaitListed(String config, String... wanted) {
    TwoServers.awaitThat(
        String.join(", ", wanted) + " on " + config,
        () -> {
          String said = pending(config).said();
          return List.of(wanted).stream()
              .allMatch(each -> lines(said, each.split(" ", -1)).size() == 1);
        });
  }

  private static List<String> lines(String said, String... words) {
    return said.lines()
        .filter(
            line -> {
              String[] columns = line.strip().split("\\s{2,}", -1);
              return columns.length > 3
                  && columns[0].equals(words[0])
                  && (words[1].equals("*") || columns[1].equals(words[1]))
                  && columns[3].equals(words[2]);
            })
        .toList();
  }

  private static void assertSays(String said, String where, String why) {
    List<String> found = lines(said, where.split(" ", -1));
    assertEquals(1, found.size(), where + " in:\n" + said);
    assertTrue(found.get(0).contains(why), () -> "'" + why + "' is wanted in " + found.get(0));
  }

  private static void inboxAndEnds(String said) {
    assertSays(said, "labo INBOX growing.hl7", "its writer has not closed it");
    assertSays(said, "labo INBOX x.bak", "ignored by the pattern *.bak");
    assertSays(said, "marked INBOX nomarker.hl7", "its marker is not there");
    assertSays(said, "labo QUARANTINE bad.hl7", "the check answered 1");
    assertSays(said, "labo DEAD dead.hl7", "the script answered 3");
  }

  @Test
  void eachFileIsListedWithItsReasonThenFromDiskWithBothDaemonsDead() throws Exception {
    String files = pending("etc-files").said();
    inboxAndEnds(files);
    assertSays(files, "labo SPOOL notyet.hl7", "the check says so (exit 75); again at ");
    String front = pending("etc-front").said();
    assertSays(front, "labo PROCESSING long.hl7", "its script runs, run 1 of 5");
    assertSays(front, "retry LATER again.hl7", "another run (exit 75, run 1 of 5); again at ");
    assertFalse(front.contains("its disk"), front);
    String json = pending("etc-files", "labo", "--json", "--place", "spool,dead").said();
    assertTrue(json.contains("\"place\":\"SPOOL\"") && json.contains("\"source\":\"live\""), json);

    servers.killBoth();
    String disk = pending("etc-files").said();
    assertTrue(disk.contains("navette ingest does not answer"), disk);
    inboxAndEnds(disk);
    assertSays(disk, "labo SPOOL notyet.hl7", "no daemon answers that would take it");
    assertSays(disk, "labo PROCESSING long.hl7", "has not told its outcome");
    String diskOfFront = pending("etc-front").said();
    assertTrue(diskOfFront.contains("navette worker does not answer"), diskOfFront);
    assertSays(diskOfFront, "labo PROCESSING long.hl7", "nobody saw it end");
    assertSays(diskOfFront, "retry LATER again.hl7", "another run (exit 75, run 1 of 5)");
    assertTrue(
        pending("etc-front", "--json", "retry").said().contains("\"source\":\"disk\""),
        diskOfFront);
  }
}
