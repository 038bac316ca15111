package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.log.LogLine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What an operator does with real commands: run again, hold, resume, look again. */
@ExtendWith(TellsOnFailure.class)
// Each case has two servers of its own, and waits most of its time.
@Execution(ExecutionMode.CONCURRENT)
class RunAgainTest {
  /** Notes what it was given, and fails until somebody mends the application. */
  private static final String FAILS_UNTIL_MENDED =
      """
      echo "$NAVETTE_NAME ${NAVETTE_REPLAY_OF:-first}" >>"$OUT/../seen"
      test -e "$OUT/../mended" || exit 3
      """;

  @TempDir Path folder;

  private static Path seenFile(Flux flux) {
    return flux.workerOut().resolveSibling("seen");
  }

  private static List<String> seen(Flux flux) throws IOException {
    return Files.exists(seenFile(flux)) ? Files.readAllLines(seenFile(flux)) : List.of();
  }

  private Tool navette(String server, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(Tool.NAVETTE));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--config", folder.resolve("etc-" + server).toString()));
    return Tool.run(command.toArray(String[]::new));
  }

  @Test
  void deadLettersAndArchivedFilesAreProcessedOnceMore() throws Exception {
    Flux labo = Flux.named("labo").script(FAILS_UNTIL_MENDED);
    try (TwoServers servers = TwoServers.in(folder).with(labo)) {
      servers.startBoth();
      servers.deposit("labo", "a.hl7", "PID|1");
      TwoServers.awaitThat("it is dead", () -> dead(labo).size() == 1);
      String first = dead(labo).get(0);
      Files.createFile(labo.workerOut().resolveSibling("mended"));

      Tool dry = navette("files", "replay", "labo", "--dead", "--dry-run").succeeded();
      assertTrue(dry.said().contains(first + " a.hl7 (dead letter)"), dry::said);
      Tool replayed = navette("files", "replay", "labo", "--dead").succeeded();
      assertEquals("labo: 1 replayed\n", replayed.said());
      TwoServers.awaitThat("it ran again", () -> seen(labo).size() == 2);
      TwoServers.awaitThat("no letter is left", () -> dead(labo).isEmpty());
      assertEquals(List.of(), servers.queues().ids("flux.labo.dead"));

      assertEquals(1, navette("files", "replay", "labo", "--dead").exit());
      navette("files", "replay", "labo", "--name", "a.*").succeeded();
      TwoServers.awaitThat("and again", () -> seen(labo).size() == 3);
      assertEquals(List.of("a.hl7 first", "a.hl7 " + first, "a.hl7 " + first), seen(labo));

      servers.ingest().stop();
      assertEquals(3, navette("files", "replay", "labo", "--name", "a.*").exit());
      Tool disk = navette("files", "replay", "labo", "--name", "a.*", "--dry-run").succeeded();
      assertTrue(disk.said().contains(first + " a.hl7 (archive)"), disk::said);
    }
  }

  private static List<String> dead(Flux flux) throws IOException {
    try (Stream<Path> records = Files.list(flux.spool().resolve("dead"))) {
      // One that is just being written has another name.
      return records
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .toList();
    }
  }

  @Test
  void aHoldOnEitherSideOutlivesBothDaemonsAndABrokerThatWasWiped() throws Exception {
    Flux labo = Flux.named("labo");
    try (TwoServers servers = TwoServers.in(folder).with(labo)) {
      servers.startBoth();
      for (String side : List.of("files", "front")) {
        Tool held = navette(side, "hold", "labo", "--why", "upgrade of it").succeeded();
        assertTrue(held.said().contains("upgrade of it"), held::said);
      }
      for (int i = 0; i < 3; i++) {
        servers.deposit("labo", side(i), "PID|" + i);
      }
      TwoServers.awaitThat("the inbox keeps accepting", () -> published(servers) == 3);
      servers.killBoth();
      wipe(servers.brokerData());
      servers.startBoth();
      TwoServers.awaitThat("they are published again", () -> published(servers) >= 6);

      navette("front", "resume", "labo").succeeded();
      servers.worker().stop();
      servers.worker().start();
      TwoServers.awaitThat("the worker is back", () -> servers.worker().isAlive());
      assertEquals(List.of(), Journal.of(labo).order());
      Tool resumed = navette("files", "resume", "labo").succeeded();
      assertTrue(resumed.said().contains("labo goes on"), resumed::said);
      servers.awaitIdle();
      assertEquals(List.of(side(0), side(1), side(2)), Journal.of(labo).order());
    }
  }

  private static String side(int number) {
    return (char) ('a' + number) + ".hl7";
  }

  private static long published(TwoServers servers) throws IOException {
    return servers.ingestLog("labo").stream()
        .filter(line -> line.event().equals("published"))
        .count();
  }

  private static void wipe(Path data) throws IOException {
    try (Stream<Path> all = Files.walk(data)) {
      for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  void touchingAFileWhoseWriterHangsRelaunchesItAndARescanListsTheInbox() throws Exception {
    Flux labo = Flux.named("labo").ingest("ready: {rescan: 1h}");
    try (TwoServers servers = TwoServers.in(folder).with(labo)) {
      servers.startBoth();
      // When this is through, the listing of the start is over, and the next is an hour away.
      servers.deposit("labo", "first", "PID|0");
      TwoServers.awaitThat("the first", () -> Journal.of(labo).order().equals(List.of("first")));
      Path left = labo.inbox().resolve("a.hl7");
      try (OutputStream hangs = Files.newOutputStream(left)) {
        hangs.write(1);
        TwoServers.awaitThat(
            "it is left, and said to be",
            () ->
                navette("files", "pending", "labo")
                    .said()
                    .contains("its writer has not closed it"));
        assertTrue(Files.exists(left), "nobody takes it");
        // Not with -c: that opens no file, so no event tells of it.
        Tool.run("touch", left.toString()).succeeded();
        TwoServers.awaitThat("it was taken", () -> Journal.of(labo).startsOf("a.hl7") == 1);
        assertEquals("closed", seenAs(servers, "a.hl7"));
      }

      // The file server has the inbox, wherever the operator sits.
      String listed = listed();
      Tool looked = navette("front", "rescan", "labo").succeeded();
      String told = "labo: " + labo.inbox() + " is looked at now (on files1)\n";
      assertTrue(looked.said().contains(told), looked::said);
      TwoServers.awaitThat("it was listed", () -> !listed().equals(listed));
      Tool here = navette("files", "rescan", "labo").succeeded();
      assertEquals("labo: " + labo.inbox() + " is looked at now\n", here.said());
    }
  }

  /** When the inbox was last listed. */
  private String listed() throws Exception {
    Matcher last =
        Pattern.compile("\"scan\":\\{\"last\":\"([^\"]+)\"")
            .matcher(navette("files", "status", "labo", "--json").said());
    assertTrue(last.find(), last::toString);
    return last.group(1);
  }

  private static List<LogLine> told(TwoServers servers, String event) throws IOException {
    return servers.ingestLog("labo").stream().filter(line -> line.event().equals(event)).toList();
  }

  private static String seenAs(TwoServers servers, String name) throws IOException {
    return told(servers, "deposited").stream()
        .filter(line -> line.field("name").equals(Optional.of(name)))
        .map(line -> line.field("seen").orElse(""))
        .findFirst()
        .orElse("");
  }

  @Test
  void aFileForBothServersIsReadOnEachAsItsOwn() throws Exception {
    Flux labo = Flux.named("labo");
    try (TwoServers servers = TwoServers.in(folder).withOneFileForBoth(labo)) {
      servers.startBoth();
      navette("files", "hold", "labo").succeeded();
      servers.deposit("labo", "a.hl7", "PID|1");
      TwoServers.awaitThat("it is published", () -> published(servers) == 1);

      Tool pending = navette("front", "pending").succeeded();
      assertTrue(pending.said().contains("a.hl7"), pending::said);
      Tool balance = navette("front", "balance").succeeded();
      assertTrue(
          balance.said().contains("waiting 1   remainder 0   (as files1 says)"), balance::said);
      Tool rescan = navette("front", "rescan").succeeded();
      assertTrue(rescan.said().contains(" is looked at now (on files1)"), rescan::said);
    }
  }

  @Test
  void aProcessingServerAsksItsFileServerToReplayAndToBalance() throws Exception {
    Tool.needs("script");
    Flux labo = Flux.named("labo").script(FAILS_UNTIL_MENDED);
    try (TwoServers servers = TwoServers.in(folder).with(labo)) {
      servers.startBoth();
      servers.deposit("labo", "a.hl7", "PID|1");
      servers.deposit("labo", "b.hl7", "PID|2");
      TwoServers.awaitThat("they are dead", () -> dead(labo).size() == 2);
      Files.createFile(labo.workerOut().resolveSibling("mended"));

      Tool dry = navette("front", "replay", "labo", "--dead", "--dry-run").succeeded();
      assertTrue(dry.said().contains(" b.hl7 (dead letter)\nlabo: 2 would be"), dry::said);
      assertEquals(2, dead(labo).size());
      assertEquals(1, navette("front", "replay", "labo", "--name", "x*").exit());
      Tool unknown = navette("front", "replay", "labo", "--id", "01M84Z0JV38N63DNTHRZ7PR7PT");
      assertEquals(1, unknown.exit());
      assertTrue(unknown.said().contains("neither among the dead letters nor"), unknown::said);

      // On a terminal there is a bar; cron, which mails whatever is said, hears nothing.
      Tool terminal = onTerminal("front", "replay", "labo", "--name", "a.hl7").succeeded();
      assertTrue(
          terminal.said().contains("[##############################] 1 of 1"), terminal::said);
      assertTrue(terminal.said().contains("labo: 1 replayed"), terminal::said);
      assertEquals("", navette("front", "replay", "labo", "--dead", "-q").succeeded().said());
      TwoServers.awaitThat("they ran again", () -> seen(labo).size() == 4);
      assertEquals(List.of("a.hl7", "b.hl7"), Journal.of(labo).order().subList(2, 4));
      TwoServers.awaitThat("they are processed", () -> told(servers, "processed").size() == 2);
      assertEquals(List.of(), dead(labo));
      assertTrue(
          told(servers, "replayed").stream()
              .allMatch(line -> line.field("by").equals(Optional.of("account front1"))));

      Tool balance = navette("front", "balance", "labo").succeeded();
      String sum = "received 4 = processed 2 + quarantined 0 + dead 0 + waiting 0 + replayed 2";
      assertTrue(balance.said().contains(sum + "   remainder 0   (as files1 says)"), balance::said);
      assertEquals("", navette("front", "balance", "-q").succeeded().said());
      Path archived = archived(labo, "b.hl7");
      Files.delete(archived);
      Tool lost = navette("front", "balance", "-q");
      assertEquals(1, lost.exit());
      assertTrue(
          lost.said().contains("processed, but not in the archive: " + archived), lost::said);

      servers.ingest().stop();
      Tool away = navette("front", "replay", "labo", "--name", "a.*");
      assertEquals(3, away.exit(), away::said);
      assertTrue(away.said().contains("files1 cannot be asked: the link is down"), away::said);
      assertEquals(3, navette("front", "balance", "labo").exit());
      assertEquals(3, navette("front", "rescan").exit());
      servers.worker().stop();
      assertEquals(3, navette("front", "replay", "labo", "--dead").exit());
    }
  }

  /** The last file of that name that was archived. */
  private static Path archived(Flux flux, String name) throws IOException {
    try (Stream<Path> all = Files.walk(flux.archive())) {
      return all.filter(file -> file.toString().endsWith("-" + name))
          .max(Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  /** On a terminal of its own, as a person has it. */
  private Tool onTerminal(String server, String... arguments) throws Exception {
    String command =
        Tool.NAVETTE
            + " "
            + String.join(" ", arguments)
            + " --config "
            + folder.resolve("etc-" + server);
    return Tool.run("script", "-qec", command, "/dev/null");
  }
}
