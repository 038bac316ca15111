package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What somebody does who never saw Navette: reads {@code navette --help}, and types its examples as
 * they stand there, on whichever server he happens to be.
 */
@ExtendWith(TellsOnFailure.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OperatorTest {
  private static final Pattern EXAMPLE = Pattern.compile("(?m)^  navette (.+?)(?: {2,}(.+))?$");
  private static final String REFUSES_BAD = "case $NAVETTE_NAME in bad*) exit 3;; esac\n";

  @TempDir static Path folder;
  private static TwoServers servers;

  @BeforeAll
  static void aNightOfWork() throws Exception {
    servers = TwoServers.in(folder).with(Flux.named("labo").script(REFUSES_BAD + Flux.ANSWERS));
    servers.startBoth();
    servers.deposit("labo", "ORU_17.hl7", "PID|17");
    servers.deposit("labo", "bad.hl7", "PID|18");
    servers.awaitIdle();
    TwoServers.awaitThat("asked", () -> at(servers.ingest(), "status").said().contains("front1:"));
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  private static Tool at(DaemonProcess server, String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of(Tool.NAVETTE));
    command.addAll(Arrays.asList(words));
    command.addAll(List.of("--config", server.config().toString()));
    return Tool.run(command.toArray(String[]::new));
  }

  /** The example that the help gives for what somebody wants to know. */
  private static String[] exampleFor(String want) throws Exception {
    return EXAMPLE
        .matcher(Tool.run(Tool.NAVETTE, "--help").succeeded().said())
        .results()
        .filter(example -> example.group(2) != null && example.group(2).contains(want))
        .map(example -> example.group(1).split(" "))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no example for: " + want));
  }

  private static void answers(DaemonProcess server, String want, int exit, String... words)
      throws Exception {
    Tool told = at(server, exampleFor(want));
    assertEquals(exit, told.exit(), told::toString);
    for (String each : words) {
      assertTrue(told.said().contains(each), () -> each + " is not in " + told);
    }
  }

  @Test
  @Order(1)
  void isItRunningAndMoving() throws Exception {
    for (DaemonProcess server : List.of(servers.ingest(), servers.worker())) {
      // One file was given up: it is said, and not more than that.
      answers(
          server,
          "is it running",
          1,
          "ingest  running since",
          "worker  running since",
          "dead 1",
          "bad.hl7");
    }
  }

  @Test
  @Order(2)
  void whatWaitsAndWhy() throws Exception {
    for (DaemonProcess server : List.of(servers.ingest(), servers.worker())) {
      answers(server, "what waits", 0, "labo  DEAD", "bad.hl7", "the script answered 3");
    }
  }

  @Test
  @Order(3)
  void whereIsThatFile() throws Exception {
    for (DaemonProcess server : List.of(servers.ingest(), servers.worker())) {
      answers(
          server,
          "where is that file",
          0,
          "ORU_17.hl7",
          "processed",
          "ack-ORU_17.hl7 in out",
          servers.flux("labo").archive().toString(),
          servers.flux("labo").workerArchive().toString());
    }
  }

  @Test
  @Order(4)
  void didAnythingGetLost() throws Exception {
    for (DaemonProcess server : List.of(servers.ingest(), servers.worker())) {
      answers(
          server,
          "did anything get lost",
          0,
          "received 2 = processed 1 + quarantined 0 + dead 1 + waiting 0   remainder 0");
    }
  }

  @Test
  @Order(5)
  void heldAndResumedFromEitherServer() throws Exception {
    for (DaemonProcess server : List.of(servers.ingest(), servers.worker())) {
      answers(server, "run its script no more", 0, "labo is held");
      for (DaemonProcess reader : List.of(servers.ingest(), servers.worker())) {
        TwoServers.awaitThat(
            "everybody is shown the hold",
            () ->
                at(reader, "status").said().contains("held on ")
                    && at(reader, "hold").said().contains("labo is held"));
      }
      assertEquals(0, at(server, "resume", "labo").exit());
      TwoServers.awaitThat("it is over", () -> !at(server, "hold").said().contains("labo is held"));
    }
  }

  @Test
  @Order(6)
  void runAgainWhatWasGivenUp() throws Exception {
    int runs = 1;
    for (DaemonProcess server : List.of(servers.ingest(), servers.worker())) {
      TwoServers.awaitThat("it is dead", () -> at(server, "status").said().contains("dead 1"));
      answers(server, "run again", 0, "1 replayed");
      int wanted = ++runs;
      TwoServers.awaitThat("it ran again", () -> runsOf("bad.hl7") == wanted);
    }
  }

  private static long runsOf(String name) throws Exception {
    return Journal.of(servers.flux("labo")).starts().stream()
        .filter(start -> start.name().equals(name))
        .count();
  }

  @Test
  @Order(7)
  void everyCommandShowsExamplesThatCanBeCopied() throws Exception {
    List<String> wrong = new ArrayList<>();
    String commands = Tool.run(Tool.NAVETTE, "--help").said();
    for (MatchResult command :
        Pattern.compile("(?m)^  ([a-z]+) {3,}[a-z]").matcher(commands).results().toList()) {
      String help = Tool.run(Tool.NAVETTE, command.group(1), "--help").succeeded().said();
      int examples = help.indexOf("\nExamples:\n");
      if (examples < 0) {
        wrong.add(command.group(1) + " --help has no examples");
      } else if (help.substring(examples + 1).lines().skip(1).anyMatch(l -> !l.startsWith("  "))) {
        wrong.add(command.group(1) + " --help breaks the line of an example");
      }
    }
    assertEquals(List.of(), wrong);
  }
}
