package fr.epiconcept.navette.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Whatever happens to one flux, the files of another pass as ever. */
@Isolated("its bound on delays must not measure other tests")
@ExtendWith(TellsOnFailure.class)
class IslandsTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final int FILES = 10;

  @TempDir static Path folder;
  private static TwoServers servers;

  @BeforeAll
  static void start() throws Exception {
    servers =
        TwoServers.in(folder)
            .with(
                Flux.named("well"),
                Flux.named("hangs").script("sleep 300\n"),
                Flux.named("floods")
                    .script("yes 'a line of the flood' | head -c 200000000\n" + Flux.ANSWERS),
                Flux.named("noout"),
                Flux.named("checks").check("sleep 300\n").ingest("check-timeout: 4m"),
                Flux.named("vanishes"),
                Flux.named("broken"));
    for (String side : new String[] {"etc-files", "etc-front"}) {
      Path file = folder.resolve(side).resolve("flux.d/broken.yml");
      Files.writeString(file, Files.readString(file) + "  inbocks: {\n");
    }
    servers.startBoth();
    servers.deposit("well", "first", "the scripts' parts are in memory now");
    awaitAnswer("first", TwoServers.PATIENCE);
  }

  @AfterAll
  static void stop() throws Exception {
    servers.close();
  }

  private static void awaitAnswer(String name, Duration limit) {
    Path answer = servers.flux("well").out().resolve("ack-" + name);
    await("flux well is not delayed: " + name)
        .atMost(limit)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> Files.exists(answer));
  }

  /** Each of these is there and back within seconds. */
  private static void wellPasses(String meanwhile) throws Exception {
    for (int i = 0; i < FILES; i++) {
      String name = meanwhile + i;
      servers.deposit("well", name, name);
      awaitAnswer(name, SOON);
    }
  }

  private static void awaitStarted(String flux) {
    TwoServers.awaitThat(
        flux + " is at work", () -> !Journal.of(servers.flux(flux)).starts().isEmpty());
  }

  @Test
  void aHangingScriptDelaysNoOtherFlux() throws Exception {
    servers.deposit("hangs", "a", "a");
    awaitStarted("hangs");
    wellPasses("hangs");
    assertEquals(1, Journal.of(servers.flux("hangs")).starts().size());
  }

  @Test
  void aHangingCheckDelaysNoOtherFlux() throws Exception {
    servers.deposit("checks", "a", "a");
    TwoServers.awaitThat(
        "claimed",
        () ->
            servers.ingestLog("checks").stream().anyMatch(line -> line.event().equals("claimed")));
    wellPasses("checks");
  }

  @Test
  void aScriptThatFloodsItsOutputDelaysNoOtherFluxAndFillsNoLog() throws Exception {
    servers.deposit("floods", "a", "a");
    awaitStarted("floods");
    wellPasses("floods");
    Flux floods = servers.flux("floods");
    TwoServers.awaitThat("it ends", () -> Files.exists(floods.out().resolve("ack-a")));
    assertTrue(Files.size(floods.workerLog()) < 2_000_000, "its log is bounded");
  }

  @Test
  void acknowledgementsThatCannotLandDelayNoOtherFlux() throws Exception {
    Flux noout = servers.flux("noout");
    Files.delete(noout.out());
    Files.writeString(noout.out(), "a file where the folder was");
    servers.deposit("noout", "a", "a");
    TwoServers.awaitThat(
        "said",
        () ->
            servers.ingestLog("noout").stream().anyMatch(line -> line.event().equals("suspended")));
    wellPasses("noout");
    Files.delete(noout.out());
    Files.createDirectory(noout.out());
    TwoServers.awaitThat("it comes later", () -> Files.exists(noout.out().resolve("ack-a")));
  }

  @Test
  void anInboxThatVanishesDelaysNoOtherFluxAndWorksWhenItIsBack() throws Exception {
    Flux vanishes = servers.flux("vanishes");
    Files.delete(vanishes.inbox());
    wellPasses("vanishes");
    Files.createDirectory(vanishes.inbox());
    servers.deposit("vanishes", "a", "a");
    TwoServers.awaitThat("it is back", () -> Files.exists(vanishes.out().resolve("ack-a")));
  }

  @Test
  void aBrokenFluxFileKeepsItsOwnFluxDownOnly() throws Exception {
    servers.deposit("broken", "a", "a");
    wellPasses("broken");
    assertTrue(Files.exists(servers.flux("broken").inbox().resolve("a")), "stays where it is");
    for (DaemonProcess daemon : new DaemonProcess[] {servers.ingest(), servers.worker()}) {
      assertTrue(
          daemon.said().lines().anyMatch(line -> line.contains("broken.yml:")),
          "one line with the place of the fault");
      assertFalse(daemon.said().contains("\tat "), "and no stack trace");
    }
  }
}
