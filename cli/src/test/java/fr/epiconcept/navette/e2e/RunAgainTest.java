package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does with real commands: run again, hold, resume, look again. */
@ExtendWith(TellsOnFailure.class)
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

      assertEquals(2, navette("front", "replay", "labo", "--dead").exit());
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
  void touchingAFileThatWasLeftInTheInboxRelaunchesIt() throws Exception {
    Flux labo = Flux.named("labo").ingest("ready: {rescan: 1h}");
    try (TwoServers servers = TwoServers.in(folder).with(labo)) {
      servers.startBoth();
      // Made without the event that a writer's end is: a link that appears is none.
      Path hidden = Files.writeString(labo.inbox().resolve(".a"), "PID|1");
      Path left = labo.inbox().resolve("a.hl7");
      Files.createLink(left, hidden);
      Files.delete(hidden);
      Tool.run("touch", "-c", left.toString()).succeeded();
      TwoServers.awaitThat("it was taken", () -> Journal.of(labo).order().equals(List.of("a.hl7")));
      Files.setLastModifiedTime(labo.inbox(), FileTime.fromMillis(0));
      Tool looked = navette("files", "rescan", "labo").succeeded();
      assertTrue(looked.said().contains(labo.inbox() + " is looked at now"), looked::said);
    }
  }
}
