package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.live.Desk;
import fr.epiconcept.navette.flux.live.LiveJson;
import fr.epiconcept.navette.flux.live.LiveSocket;
import fr.epiconcept.navette.flux.live.Refusal;
import fr.epiconcept.navette.flux.view.DaemonStatus;
import fr.epiconcept.navette.flux.view.DaemonStatus.BrokerStatus;
import fr.epiconcept.navette.flux.view.DaemonStatus.LinkStatus;
import fr.epiconcept.navette.flux.view.FluxStatus;
import fr.epiconcept.navette.flux.view.FluxStatus.Scan;
import fr.epiconcept.navette.flux.view.FluxStatus.Waits;
import fr.epiconcept.navette.flux.view.StatusItem;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code navette status} on a file server whose daemon answers. */
class StatusOfDaemonsTest {
  private final Instant now = InstantSource.system().instant();

  @TempDir Path root;
  private final List<LiveSocket> sockets = new ArrayList<>();
  private Path config;

  @BeforeEach
  void lay() throws IOException {
    config = Files.createDirectories(root.resolve("etc/flux.d")).getParent();
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
    for (String flux : List.of("labo", "radio")) {
      Files.writeString(
          config.resolve("flux.d/" + flux + ".yml"),
          """
          ingest: {inbox: ROOT/inbox/FLUX, archive: ROOT/archive, quarantine: ROOT/quarantine}
          """
              .replace("ROOT", root.toString())
              .replace("FLUX", flux));
    }
  }

  @AfterEach
  void close() {
    sockets.forEach(LiveSocket::close);
  }

  private void daemon(Desk desk) throws IOException {
    Path run = Files.createDirectories(root.resolve("run"));
    sockets.add(LiveSocket.open(Live.socket(run, Side.INGEST), desk));
  }

  private StatusItem daemon(Side side, boolean linked) {
    return StatusItem.of(
        new DaemonStatus(
            side,
            "here",
            Optional.empty(),
            7,
            now.minus(Duration.ofHours(3)),
            Optional.empty(),
            side == Side.INGEST
                ? Optional.of(
                    new BrokerStatus(
                        true,
                        "tcp://here:61616",
                        Optional.of(40L << 30),
                        1,
                        true,
                        false,
                        Optional.empty()))
                : Optional.empty(),
            List.of(
                new LinkStatus(
                    "front1",
                    Optional.empty(),
                    linked,
                    Optional.empty(),
                    Optional.empty(),
                    List.of("labo", "radio")))));
  }

  private StatusItem flux(String name, Side side, long dead) {
    return StatusItem.of(
        new FluxStatus(
            new FluxName(name),
            side,
            true,
            Optional.empty(),
            Optional.empty(),
            Optional.of(
                new Scan(Optional.of(now), Duration.ofSeconds(30), false, Optional.empty())),
            Waits.NOTHING,
            side == Side.WORKER ? 2 : 1,
            Optional.empty(),
            side == Side.WORKER ? 1 : 0,
            dead,
            0,
            side == Side.INGEST ? Optional.of(1) : Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
  }

  private static Desk.Clerk items(StatusItem... items) {
    return (question, asker, reply) -> {
      for (StatusItem each : items) {
        reply.item(each);
      }
    };
  }

  private Desk.Clerk well() {
    return items(
        daemon(Side.INGEST, true), flux("labo", Side.INGEST, 0), flux("radio", Side.INGEST, 0));
  }

  private static Desk.Clerk front1(StatusItem... items) {
    return (question, asker, reply) -> {
      assertEquals(Optional.of("status"), question.get("verb"));
      for (StatusItem each : items) {
        reply.item(Map.of("from", "front1", "item", each));
      }
    };
  }

  private Called status(String... more) {
    List<String> arguments = new ArrayList<>(List.of("status", "--config", config.toString()));
    arguments.addAll(List.of(more));
    return Called.navette(arguments.toArray(String[]::new));
  }

  @Test
  void whereAllIsWellTheExitCodeIsZeroAndBothServersAreShown() throws IOException {
    daemon(
        new Desk()
            .on("status", well())
            .on("elsewhere", front1(daemon(Side.WORKER, true), flux("labo", Side.WORKER, 0))));
    Called called = status();
    assertEquals(0, called.exit(), called::toString);
    assertEquals("", called.err());
    assertTrue(called.out().startsWith("ingest  running since 3 h, "), called::out);
    assertTrue(called.out().contains("1 of 1 worker linked, disk 40 GiB free"), called::out);
    assertTrue(called.out().contains("\nfront1: worker  running since 3 h"), called::out);
    assertTrue(
        called
            .out()
            .contains("\nlabo   ok     scan 0 s ago  waiting 0  in flight 2 (1 in line)  dead 0"));
    assertTrue(called.out().contains("\nradio  ok     "), called::out);
  }

  @Test
  void whatIsWrongIsNamedFirstAndTheExitCodeTells() throws IOException {
    daemon(
        new Desk()
            .on(
                "status",
                items(
                    daemon(Side.INGEST, true),
                    flux("labo", Side.INGEST, 0),
                    flux("radio", Side.INGEST, 2)))
            .on("elsewhere", front1()));
    Called called = status();
    assertEquals(1, called.exit(), called::toString);
    assertTrue(
        called.out().indexOf("radio: 2 dead letters") < called.out().indexOf("\nradio  WRONG"));
    assertTrue(called.out().indexOf("\nradio  WRONG") < called.out().indexOf("\nlabo   ok"));
    assertFalse(status("--wrong").out().contains("labo"), "only what is wrong");
    JsonNode json = LiveJson.mapper().readTree(status("--json").out());
    assertFalse(json.get("ok").asBoolean());
    assertEquals("DEAD", json.get("wrong").get(0).get("weight").asText());
    assertEquals("LIVE", json.get("fluxes").get(0).get("source").asText());
  }

  @Test
  void aFluxOfWhichTheDaemonHasNoWordIsWrong() throws IOException {
    daemon(
        new Desk()
            .on("status", items(daemon(Side.INGEST, true), flux("labo", Side.INGEST, 0)))
            .on("elsewhere", front1()));
    Called refused = status();
    assertEquals(1, refused.exit(), refused::toString);
    assertTrue(
        refused.out().contains("radio: does not run on ingest: it was refused, or the daemon was"),
        refused::out);
    assertEquals(0, status("labo").exit());

    Files.writeString(config.resolve("flux.d/radio.yml"), "ingest: {inbax: /in}\n");
    Called faulty = status();
    assertEquals(1, faulty.exit(), faulty::toString);
    assertTrue(
        faulty.out().contains("radio: does not run on ingest: its file has a fault"), faulty::out);
    assertEquals(0, status("labo").exit());
  }

  @Test
  void thisMachineAloneIsAskedWhereThatIsWished() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    daemon(
        new Desk()
            .on("status", well())
            .on("elsewhere", (question, asker, reply) -> asked.incrementAndGet()));
    assertEquals(0, status("--here").exit());
    assertEquals(0, asked.get());
    assertEquals(0, status().exit());
    assertEquals(1, asked.get());
  }

  @Test
  void oneFluxIsAskedForByItsName() throws IOException {
    daemon(
        new Desk()
            .on(
                "status",
                (question, asker, reply) -> {
                  assertEquals(Optional.of("labo"), question.get("flux"));
                  reply.item(daemon(Side.INGEST, true));
                  reply.item(flux("labo", Side.INGEST, 0));
                })
            .on("elsewhere", front1()));
    assertEquals(0, status("labo").exit());
  }

  @Test
  void anotherServerThatIsSilentThoughItIsLinkedIsWrong() throws IOException {
    daemon(
        new Desk()
            .on("status", well())
            .on(
                "elsewhere",
                (question, asker, reply) ->
                    reply.item(Map.of("from", "front1", "silent", "no answer for 10 s"))));
    Called called = status();
    assertEquals(1, called.exit(), called::toString);
    assertTrue(called.out().contains("  front1 is silent: no answer for 10 s"), called::out);
  }

  @Test
  void oneWhoseLinkIsDownIsWrongOnce() throws IOException {
    daemon(
        new Desk()
            .on(
                "status",
                items(
                    daemon(Side.INGEST, false),
                    flux("labo", Side.INGEST, 0),
                    flux("radio", Side.INGEST, 0)))
            .on(
                "elsewhere",
                (question, asker, reply) ->
                    reply.item(Map.of("from", "front1", "silent", "it is not connected"))));
    Called called = status("--json");
    assertEquals(1, called.exit(), called::toString);
    JsonNode json = LiveJson.mapper().readTree(called.out());
    assertEquals(1, json.get("wrong").size(), json::toString);
    assertEquals("LINK", json.get("wrong").get(0).get("weight").asText());
  }

  @Test
  void aDaemonThatCannotAskTheOthersIsStillAnAnswer() throws IOException {
    daemon(
        new Desk()
            .on("status", well())
            .on(
                "elsewhere",
                (question, asker, reply) -> {
                  throw new Refusal("others are asking already");
                }));
    Called called = status();
    assertEquals(0, called.exit(), called::toString);
    assertEquals(
        "navette status: what the other servers say is missing: others are asking already\n",
        called.err());
  }
}
