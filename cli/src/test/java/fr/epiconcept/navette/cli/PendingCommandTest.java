package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.live.LiveSocket;
import fr.epiconcept.navette.flux.view.More;
import fr.epiconcept.navette.flux.view.Serving;
import fr.epiconcept.navette.flux.view.Unseen;
import fr.epiconcept.navette.flux.view.Waiting;
import fr.epiconcept.navette.flux.view.Waiting.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command on a file server: with what its daemon would say, and with none. */
class PendingCommandTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final Instant SINCE = Instant.parse("2026-11-23T10:00:00Z");

  @TempDir Path root;
  private final FileIds ids = new FileIds(InstantSource.system());
  private final List<LiveSocket> sockets = new ArrayList<>();
  private Path config;

  @BeforeEach
  void lay() throws IOException {
    config = Files.createDirectories(root.resolve("etc"));
    Files.createDirectories(config.resolve("flux.d"));
    Files.createDirectories(root.resolve("inbox"));
    Files.writeString(
        config.resolve("navette.yml"),
        """
        logs: ROOT/log
        run: ROOT/run
        ingest:
          spool: ROOT/spool
          state: ROOT/state
          broker: {data: ROOT/broker, listen: "tcp://127.0.0.1:61616"}
        """
            .replace("ROOT", root.toString()));
    Files.writeString(
        config.resolve("flux.d/labo.yml"),
        """
        ingest: {inbox: ROOT/inbox, archive: ROOT/archive, quarantine: ROOT/quarantine}
        """
            .replace("ROOT", root.toString()));
  }

  @AfterEach
  void close() {
    sockets.forEach(LiveSocket::close);
  }

  private void daemon(Desk desk) throws IOException {
    Path run = Files.createDirectories(root.resolve("run"));
    sockets.add(LiveSocket.open(Live.socket(run, Side.INGEST), desk));
  }

  private Called pending(String... more) {
    List<String> arguments = new ArrayList<>(List.of("pending", "--config", config.toString()));
    arguments.addAll(List.of(more));
    return Called.navette(arguments.toArray(String[]::new));
  }

  private static Waiting file(Place place, FileId id, String name, String why) {
    return new Waiting(
        LABO, place, Optional.of(id), name, 1, SINCE, why, Optional.empty(), Optional.empty());
  }

  private static Map<String, Object> from(String worker, Object item) {
    return Map.of("from", worker, "item", item);
  }

  @Test
  void withoutADaemonTheDiskIsReadAndThatIsSaid() throws IOException {
    Files.writeString(root.resolve("inbox/a.hl7"), "1");
    Called called = pending();
    assertEquals(0, called.exit());
    assertEquals(1, called.err().lines().count(), called.err());
    assertTrue(called.err().contains("navette ingest does not answer"), called.err());
    assertTrue(called.out().contains("INBOX"), called.out());
    assertTrue(called.out().endsWith("labo: 1 waits (1 inbox), oldest 0 s\n"), called.out());
  }

  @Test
  void bothServersWordsAreOneListAndASilentOneIsNamed() throws IOException {
    FileId runs = ids.next();
    FileId waits = ids.next();
    FileId ack = ids.next();
    daemon(
        new Desk()
            .on(
                "pending",
                (question, asker, reply) -> {
                  assertEquals(Optional.of("labo"), question.get("flux"));
                  reply.item(file(Place.PROCESSING, runs, "runs", "it has arrived"));
                  reply.item(file(Place.QUEUE, waits, "waits", "published"));
                })
            .on(
                "elsewhere",
                (question, asker, reply) -> {
                  assertEquals(Optional.of("pending"), question.get("verb"));
                  if (question.get("part").orElseThrow().equals("answers")) {
                    reply.item(from("front1", file(Place.ANSWER, ack, "ack", "sent")));
                  } else {
                    reply.item(
                        from("front1", new Serving(LABO, 1, Optional.empty(), Optional.empty())));
                    reply.item(
                        from("front1", file(Place.PROCESSING, runs, "runs", "its script runs")));
                  }
                }));
    Called called = pending("labo");
    assertEquals("", called.err());
    assertEquals(
        List.of(
            "PROCESSING runs its script runs",
            "QUEUE waits behind " + runs + " (its script runs)",
            "ANSWER ack sent"),
        whys(called));
    assertEquals(
        List.of("QUEUE waits behind " + runs + " (its script runs)"),
        whys(pending("labo", "--place", "queue")));
  }

  private static List<String> whys(Called called) {
    return called
        .out()
        .lines()
        .takeWhile(line -> !line.isEmpty())
        .map(line -> line.split("\\s{2,}", -1))
        .map(columns -> columns[1] + " " + columns[3] + " " + columns[5])
        .toList();
  }

  @Test
  void aProcessingServerThatIsSilentIsNamedOnceAndTheRestIsListed() throws IOException {
    daemon(
        new Desk()
            .on(
                "pending",
                (question, asker, reply) ->
                    reply.item(file(Place.PROCESSING, ids.next(), "a", "it has arrived")))
            .on(
                "elsewhere",
                (question, asker, reply) ->
                    reply.item(Map.of("from", "front1", "silent", "no answer in 5 s"))));
    Called called = pending();
    assertEquals(0, called.exit());
    assertEquals(
        "navette pending: front1 does not answer: no answer in 5 s; of what it works on, only what"
            + " this server knows is shown\n",
        called.err());
    assertEquals(List.of("PROCESSING a it has arrived"), whys(called));
  }

  @Test
  void nothingIsNotSaidOfAServerThatWasNotHeard() throws IOException {
    daemon(
        new Desk()
            .on("pending", (question, asker, reply) -> {})
            .on(
                "elsewhere",
                (question, asker, reply) ->
                    reply.item(Map.of("from", "front1", "silent", "no answer in 5 s"))));
    Called called = pending();
    assertEquals(0, called.exit());
    assertEquals("nothing waits where it could be seen\n", called.out());
  }

  @Test
  void whereAllAnswerAndNothingWaitsThatIsSaid() throws IOException {
    daemon(
        new Desk()
            .on("pending", (question, asker, reply) -> {})
            .on("elsewhere", (question, asker, reply) -> {}));
    assertEquals("nothing waits\n", pending().out());
  }

  @Test
  void moreThanIsShownIsCountedByTheDaemonAndNotSent() throws IOException {
    daemon(
        new Desk()
            .on(
                "pending",
                (question, asker, reply) -> {
                  assertEquals(Optional.of("50"), question.get("limit"));
                  reply.item(file(Place.QUEUE, ids.next(), "a", "published"));
                  reply.item(new More(LABO, Place.QUEUE, 49_999, SINCE));
                })
            .on("elsewhere", (question, asker, reply) -> {}));
    Called called = pending();
    assertTrue(called.out().contains("labo: 50,000 wait (50,000 queue)"), called.out());
    assertTrue(called.out().contains("49,999 not shown"), called.out());
    assertFalse(pending("--place", "spool").out().contains("49,999"));
  }

  @Test
  void whereOneFileStandsIsAskedOfBothServersThoughOnlyThatPlaceIsWished() throws IOException {
    FileId id = ids.next();
    daemon(
        new Desk()
            .on(
                "pending",
                (question, asker, reply) -> {
                  // It waits there as far as the file server knows, which alone has its name.
                  if (question.get("place").orElseThrow().contains("queue")) {
                    reply.item(file(Place.QUEUE, id, "a.hl7", "published"));
                  }
                })
            .on(
                "elsewhere",
                (question, asker, reply) -> {
                  assertEquals(Optional.of("deposits"), question.get("part"));
                  reply.item(from("front1", file(Place.LATER, id, "", "another run")));
                }));
    assertEquals(List.of("LATER a.hl7 another run"), whys(pending("--place", "later")));
  }

  @Test
  void ofQuarantineADayIsAskedForOrWhatIsWishedAndAProgramGetsAllFiles() throws IOException {
    List<Map<String, String>> asked = new ArrayList<>();
    daemon(
        new Desk()
            .on("pending", (question, asker, reply) -> asked.add(question.with()))
            .on("elsewhere", (question, asker, reply) -> {}));
    Instant now = InstantSource.system().instant();
    pending();
    pending("--quarantine", "7d", "--json");
    pending("--quarantine", "all", "--limit", "3");
    List<Instant> since =
        asked.stream().map(each -> Instant.parse(each.get("quarantined-since"))).toList();
    assertEquals(1, Duration.between(since.get(0), now.plusSeconds(60)).toDays());
    assertEquals(7, Duration.between(since.get(1), now.plusSeconds(60)).toDays());
    assertEquals(Instant.EPOCH, since.get(2));
    assertEquals(List.of("50", "0", "3"), asked.stream().map(each -> each.get("limit")).toList());
  }

  @Test
  void anAnswerThatBreaksOffIsNoSilence() throws IOException {
    daemon(
        new Desk()
            .on("pending", (question, asker, reply) -> {})
            .on(
                "elsewhere",
                (question, asker, reply) -> {
                  if (question.get("part").orElseThrow().equals("answers")) {
                    return;
                  }
                  reply.item(from("front1", file(Place.LATER, ids.next(), "a", "later")));
                  reply.item(Map.of("from", "front1", "silent", "there is more than is told"));
                }));
    Called called = pending();
    assertEquals(1, called.exit());
    assertEquals(
        "navette pending: front1 did not say all: there is more than is told\n", called.err());
    assertEquals(List.of("LATER a later"), whys(called));
  }

  @Test
  void aFluxThatTheDaemonCouldNotOpenIsReadFromDiskWithItsReason() throws IOException {
    Files.writeString(root.resolve("inbox/a.hl7"), "1");
    daemon(
        new Desk()
            .on(
                "pending",
                (question, asker, reply) ->
                    reply.item(new Unseen(LABO, "the flux is down: no archive", true)))
            .on("elsewhere", (question, asker, reply) -> {}));
    Called called = pending();
    assertEquals("navette pending: labo: the flux is down: no archive\n", called.err());
    assertEquals(0, called.exit());
    assertTrue(called.out().contains("a.hl7"), called.out());
  }

  @Test
  void whatCannotBeLookedAtIsSaidAndTheExitCodeTells() throws IOException {
    Files.delete(root.resolve("inbox"));
    Called called = pending();
    assertEquals(1, called.exit());
    assertTrue(called.err().contains("cannot list " + root.resolve("inbox")), called.err());
    assertEquals("nothing waits where it could be seen\n", called.out());
  }

  @Test
  void jsonIsOneArrayThatSaysWhereItIsFrom() throws IOException {
    Files.writeString(root.resolve("inbox/a.hl7"), "1");
    Files.writeString(root.resolve("inbox/b.tmp"), "1");
    JsonNode all = LiveJson.mapper().readTree(pending("--json").out());
    assertEquals(2, all.size());
    assertEquals("disk", all.get(0).get("source").asText());
    assertEquals("INBOX", all.get(0).get("place").asText());
    assertEquals(1, LiveJson.mapper().readTree(pending("--json", "--limit", "1").out()).size());
    assertEquals("[]\n", pending("--json", "--place", "dead").out());
  }

  @Test
  void whatIsMeantByNothingIsRefused() {
    assertEquals(2, pending("--place", "cellar").exit());
    assertEquals(2, pending("--quarantine", "soon").exit());
    assertEquals(2, pending("--limit", "-1").exit());
    assertEquals(2, pending("nope").exit());
  }
}
