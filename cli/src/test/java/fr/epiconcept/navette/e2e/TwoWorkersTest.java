package fr.epiconcept.navette.e2e;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Accounts;
import fr.epiconcept.navette.flux.log.LogLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two processing servers that serve one flux. Their scripts write into one journal. */
@ExtendWith(TellsOnFailure.class)
class TwoWorkersTest {
  /** Waits before a script that is told to, until the test lets it go on. */
  private static final String WAITS =
      """
      case "$NAVETTE_NAME" in
        slow*) while [ ! -e "$OUT/../go" ]; do sleep 0.05; done ;;
        *) sleep 0.02 ;;
      esac
      """;

  @TempDir Path folder;
  private DaemonProcess second;

  @AfterEach
  void endTheSecond() {
    if (second != null) {
      second.end();
    }
  }

  // --- one active, the others ready ---

  @Test
  void anotherGoesOnInOrderWithinSecondsWhenTheActiveOneIsKilled() throws Exception {
    Flux labo =
        Flux.named("labo")
            .script(WAITS + Flux.ANSWERS)
            .ingest("takeover: 3s")
            .worker("on-interrupt: hold");
    try (TwoServers servers = withTwo(labo)) {
      servers.startBoth();
      List<String> names = names(0, 300);
      deposit(servers, names.subList(0, 20));
      TwoServers.awaitThat("the first is active", () -> starts(labo) >= 1);
      second.start();
      deposit(servers, names.subList(20, 300));
      TwoServers.awaitThat("it is at it", () -> starts(labo) >= 100);
      servers.worker().kill();

      long killed = System.nanoTime();
      TwoServers.awaitThat("the other goes on", () -> !secondLog("started").isEmpty());
      Duration took = Duration.ofNanos(System.nanoTime() - killed);
      awaitEnds(labo, 300);
      assertTrue(took.toSeconds() < 15, () -> "taken over after " + took);
      assertInOrder(labo, names);
      assertNothingTwice(labo);
      assertDeadWereBegun(servers, 300);

      servers.worker().start();
      awaitNothingLeft(labo);
      assertNothingTwice(labo);
      balances(servers);
    }
  }

  @Test
  void oneThatIsKilledAndStartedAgainTellsWhatItHadBroughtToAnEnd() throws Exception {
    Flux labo =
        Flux.named("labo")
            .script(WAITS + Flux.ANSWERS)
            .ingest("takeover: 2m")
            .worker("on-interrupt: hold");
    try (TwoServers servers = withTwo(labo)) {
      servers.startBoth();
      List<String> names = names(0, 100);
      deposit(servers, names.subList(0, 10));
      TwoServers.awaitThat("the first is active", () -> starts(labo) >= 1);
      second.start();
      deposit(servers, names.subList(10, 100));
      TwoServers.awaitThat("it is at it", () -> starts(labo) >= 30);
      servers.worker().kill();
      servers.worker().start();

      awaitEnds(labo, 100);
      assertInOrder(labo, names);
      assertNothingTwice(labo);
      List<Path> dead = deadOf(servers);
      assertTrue(dead.size() <= 1, () -> "more than the one that ran: " + dead);
      awaitNothingLeft(labo);
      balances(servers);
    }
  }

  @Test
  void aWorkerThatIsCutOffWhileItsScriptRunsTellsItsEndAndTheOtherRunsWhatIsBehind()
      throws Exception {
    Flux labo = Flux.named("labo").script(WAITS + Flux.ANSWERS).ingest("takeover: 1m");
    try (TwoServers servers = withTwo(labo)) {
      servers.startBoth();
      servers.deposit("labo", "slow", "cut off");
      TwoServers.awaitThat("it runs", () -> starts(labo) == 1);
      second.start();
      servers.deposit("labo", "then", "behind it");
      servers.relay().refuse();
      TwoServers.awaitThat("the other waits", () -> !secondLog("waits").isEmpty());
      Files.createFile(labo.workerOut().resolveSibling("go"));
      TwoServers.awaitThat(
          "it has an end", () -> servers.workerLog("labo").toString().contains("processed"));
      assertTrue(Content.files(labo.out()).isEmpty(), "nobody could be told");
      servers.relay().speakAgain();

      awaitEnds(labo, 2);
      assertEquals(List.of("slow", "then"), Journal.of(labo).order());
      assertNothingTwice(labo);
      assertEquals(1, secondLog("ended-elsewhere").size());
      assertEquals(1, secondLog("started").size());
      awaitNothingLeft(labo);
      balances(servers);
    }
  }

  @Test
  void whatAFrozenWorkerHadOnlyReceivedRunsElsewhereAndNotOnceMore() throws Exception {
    Flux labo = Flux.named("labo").script(WAITS + Flux.ANSWERS).ingest("takeover: 3s");
    try (TwoServers servers = withTwo(labo)) {
      servers.startBoth();
      servers.deposit("labo", "first", "to the first");
      awaitEnds(labo, 1);
      second.start();
      servers.worker().pause();
      long frozen = System.nanoTime();
      deposit(servers, names(0, 30));
      TwoServers.awaitThat("the other goes on", () -> !secondLog("started").isEmpty());
      Duration took = Duration.ofNanos(System.nanoTime() - frozen);
      assertTrue(took.toSeconds() < 60, () -> "taken over after " + took);
      servers.worker().resume();

      awaitEnds(labo, 31);
      assertNothingTwice(labo);
      awaitNothingLeft(labo);
      assertEquals(31, starts(labo));
      balances(servers);
    }
  }

  // --- sharing ---

  @Test
  void sharingBothDoSomeAndWhatOneLeavesTheOtherDoesAndNothingTwice() throws Exception {
    Flux labo =
        Flux.named("labo")
            .script(WAITS + Flux.ANSWERS)
            .ingest("workers: sharing", "takeover: 3s")
            .worker("on-interrupt: hold", "ahead: 4");
    try (TwoServers servers = withTwo(labo)) {
      servers.startBoth();
      second.start();
      deposit(servers, names(0, 300));
      TwoServers.awaitThat("they are at it", () -> starts(labo) >= 150);
      int ofFirst =
          servers.workerLog("labo").stream().filter(TwoWorkersTest::isStart).toList().size();
      int ofSecond = secondLog("started").size();
      assertTrue(ofFirst > 20 && ofSecond > 20, () -> ofFirst + " and " + ofSecond);
      servers.worker().kill();
      awaitEnds(labo, 300);
      assertNothingTwice(labo);
      assertDeadWereBegun(servers, 300);

      servers.worker().start();
      deposit(servers, names(300, 340));
      awaitEnds(labo, 340);
      awaitNothingLeft(labo);
      assertNothingTwice(labo);
      balances(servers);
    }
  }

  // --- the second worker ---

  private TwoServers withTwo(Flux labo) throws IOException {
    TwoServers servers = TwoServers.in(folder).relayed().with(labo);
    new Accounts(folder.resolve("etc-files/accounts"))
        .add("front2", Set.of(labo.fluxName()), "secret two".toCharArray());
    Path config = folder.resolve("etc-front2");
    Files.createDirectories(config.resolve("flux.d"));
    Files.createDirectories(folder.resolve("front2/log"));
    String listen = Files.readString(servers.ingest().config().resolve("navette.yml"));
    String port = listen.replaceAll("(?s).*listen: tcp://127.0.0.1:(\\d+).*", "$1");
    String yaml = Files.readString(servers.worker().config().resolve("navette.yml"));
    Files.writeString(
        config.resolve("navette.yml"),
        elsewhere(yaml)
            .replace("account: front1", "account: front2")
            .replaceAll("url: tcp://127.0.0.1:\\d+", "url: tcp://127.0.0.1:" + port));
    Path password = Files.writeString(config.resolve("password"), "secret two\n");
    Files.setPosixFilePermissions(password, fromString("rw-------"));
    String flux = Files.readString(servers.worker().config().resolve("flux.d/labo.yml"));
    String script = folder + "/front/labo/script";
    Files.writeString(
        config.resolve("flux.d/labo.yml"),
        elsewhere(flux.replace(script, "SCRIPT")).replace("SCRIPT", script));
    for (Path its : List.of(labo.storage(), labo.workerArchive(), labo.workerOut())) {
      Files.createDirectories(Path.of(elsewhere(its.toString())));
    }
    second = new DaemonProcess("worker", config, folder.resolve("worker2.err"));
    return servers;
  }

  private String elsewhere(String text) {
    return text.replace(folder + "/front/", folder + "/front2/")
        .replace(folder + "/run-front", folder + "/run-front2")
        .replace(folder + "/etc-front/", folder + "/etc-front2/");
  }

  private List<LogLine> secondLog(String event) throws IOException {
    Path file = folder.resolve("front2/log/labo.log");
    if (!Files.exists(file)) {
      return List.of();
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .flatMap(line -> LogLine.parse(line).stream())
          .filter(line -> line.event().equals(event))
          .toList();
    }
  }

  private static boolean isStart(LogLine line) {
    return line.event().equals("started");
  }

  // --- files ---

  private static List<String> names(int from, int to) {
    return IntStream.range(from, to).mapToObj("f%03d"::formatted).toList();
  }

  private static void deposit(TwoServers servers, List<String> names) throws IOException {
    for (String name : names) {
      servers.deposit("labo", name, "content of " + name);
    }
  }

  private static int starts(Flux flux) throws IOException {
    return Journal.of(flux).starts().size();
  }

  /** Each has an answer in {@code out} or is a dead letter; none waits anywhere. */
  private static void awaitEnds(Flux flux, int many) {
    TwoServers.awaitThat(
        many + " have come to an end",
        () ->
            Content.files(flux.out()).size() + Content.files(flux.spool().resolve("dead")).size()
                == many);
  }

  private static List<Path> deadOf(TwoServers servers) throws IOException {
    return Content.files(servers.flux("labo").spool().resolve("dead"));
  }

  /** No script was started twice, whoever died: that is what 'hold' is for. */
  private static void assertNothingTwice(Flux flux) throws IOException {
    List<String> started = new ArrayList<>();
    Journal.of(flux).starts().forEach(start -> started.add(start.name()));
    assertEquals(new TreeSet<>(started).size(), started.size(), started::toString);
  }

  /** One that was begun, and whose script had not started when its worker died, is missing. */
  private static void assertInOrder(Flux flux, List<String> names) throws IOException {
    List<String> order = Journal.of(flux).order();
    List<String> expected = new ArrayList<>(names);
    expected.retainAll(order);
    assertEquals(expected, order);
    assertTrue(order.size() >= names.size() - 1, () -> "some never ran: " + order);
  }

  /**
   * Dead are the one that ran when its worker was killed, and those that had ended and were not
   * told: a few, and all of them begun by the worker that was killed.
   */
  private static void assertDeadWereBegun(TwoServers servers, int many) throws IOException {
    Set<String> begun = new TreeSet<>();
    for (LogLine line : servers.workerLog("labo")) {
      if (isStart(line) || line.event().equals("received")) {
        begun.add(line.id().orElseThrow().value());
      }
    }
    List<Path> dead = deadOf(servers);
    assertTrue(dead.size() <= many / 10, dead::toString);
    for (Path each : dead) {
      assertTrue(begun.contains(each.getFileName().toString()), each::toString);
      assertTrue(Files.readString(each).contains("worker+front1"), each::toString);
    }
  }

  /** What either had and the other has brought to its end is gone: marks, files, answers. */
  private void awaitNothingLeft(Flux flux) {
    TwoServers.awaitThat(
        "no mark is open on either",
        () ->
            Content.files(flux.workerState().resolve("deposits/open")).isEmpty()
                && Content.files(folder.resolve("front2/state/flux/labo/deposits/open")).isEmpty()
                && Content.files(flux.ingestState().resolve("begun")).isEmpty());
  }

  private static void balances(TwoServers servers) throws Exception {
    Tool balance =
        Tool.run(
            Tool.NAVETTE,
            "balance",
            "labo",
            "--all",
            "--config",
            servers.ingest().config().toString());
    assertEquals(0, balance.exit(), balance::said);
    assertTrue(balance.said().contains("remainder 0"), balance::said);
  }
}
