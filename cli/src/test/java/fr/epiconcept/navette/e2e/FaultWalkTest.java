package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import fr.epiconcept.navette.flux.Checkpoint.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * P1 and P2 at every point at which a crash leaves something different behind. In a walk, a daemon
 * dies at each of its steps twice, each time with another file, and always with files before and
 * behind that one.
 */
@ExtendWith(TellsOnFailure.class)
@Execution(ExecutionMode.CONCURRENT)
class FaultWalkTest {
  private static final String GOOD_OR_BAD = "grep -q good \"$NAVETTE_FILE\" || exit 3\n";

  /** Which daemon dies where, on the way of files of which nature. */
  record Walk(String side, Nature nature, Step... steps) {
    @Override
    public String toString() {
      return side + " " + nature + " at " + List.of(steps);
    }
  }

  /** What becomes of the files that the daemon dies on; those before and behind are processed. */
  enum Nature {
    PROCESSED,
    REFUSED,
    FAILED
  }

  static Stream<Walk> walks() {
    return Stream.of(
        // The way there
        new Walk("ingest", Nature.PROCESSED, Step.CLAIMED, Step.CHECKED, Step.SENDING),
        new Walk("ingest", Nature.PROCESSED, Step.SENT, Step.PUBLISHED),
        new Walk("ingest", Nature.REFUSED, Step.REFUSED, Step.QUARANTINED),
        // The processing server
        new Walk("worker", Nature.PROCESSED, Step.RECEIVING, Step.WRITTEN, Step.LANDING),
        new Walk("worker", Nature.PROCESSED, Step.LANDED, Step.RECEIPTED),
        new Walk("worker", Nature.PROCESSED, Step.STARTED, Step.RAN, Step.FINISHED),
        new Walk("worker", Nature.PROCESSED, Step.ANSWERED, Step.SETTLING, Step.SETTLED),
        new Walk("worker", Nature.FAILED, Step.FINISHED, Step.SETTLED),
        // Acknowledgements that leave a plain out folder
        new Walk("worker", Nature.PROCESSED, Step.CLAIMED, Step.CHECKED, Step.SENDING),
        new Walk("worker", Nature.PROCESSED, Step.SENT, Step.PUBLISHED),
        // The way home
        new Walk("ingest", Nature.PROCESSED, Step.ARRIVED, Step.RECORDED, Step.ARCHIVED),
        new Walk("ingest", Nature.PROCESSED, Step.ENDED, Step.CLOSED),
        new Walk("ingest", Nature.PROCESSED, Step.WRITTEN, Step.LANDING, Step.LANDED),
        new Walk("ingest", Nature.FAILED, Step.ENDED, Step.DEAD, Step.CLOSED));
  }

  @Test
  void knowsEveryStep() {
    Set<Step> walked = EnumSet.noneOf(Step.class);
    walks().forEach(walk -> walked.addAll(List.of(walk.steps())));

    assertEquals(EnumSet.allOf(Step.class), walked, "steps at which some daemon dies here");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("walks")
  void losesAndRepeatsNothing(Walk walk, @TempDir Path folder) throws Exception {
    List<Step> deaths = new ArrayList<>();
    for (Step step : walk.steps()) {
      deaths.addAll(List.of(step, step));
    }
    Flux labo = Flux.named("labo").script(script(walk.nature()));
    if (walk.nature() == Nature.REFUSED) {
      labo.check("grep -q good \"$1\"\n");
    }
    try (TwoServers servers = TwoServers.in(folder).with(labo)) {
      List<String> bad = deposit(servers, walk.nature(), deaths.size());
      dieOnTheWay(servers, walk.side(), deaths);

      Books books = Books.of(servers, "labo").answered("ack-").answeredPlainly("plain-");
      if (walk.nature() == Nature.REFUSED) {
        books.quarantined(bad);
      } else if (walk.nature() == Nature.FAILED) {
        books.dead(bad);
      }
      interruptions(servers, books);
      servers.awaitIdle();
      TwoServers.awaitThat("all answers", books::allAnswered);
      books.balance();
    }
  }

  private static String script(Nature nature) {
    String fails = nature == Nature.FAILED ? GOOD_OR_BAD : "";
    return fails + Flux.ANSWERS + Flux.ANSWERS_PLAINLY;
  }

  /** One file more than there are deaths; all deposited while nobody takes them. */
  private static List<String> deposit(TwoServers servers, Nature nature, int deaths)
      throws Exception {
    List<String> bad = new ArrayList<>();
    for (int i = 1; i <= deaths + 1; i++) {
      String name = "file" + i;
      boolean good = nature == Nature.PROCESSED || i > deaths;
      servers.deposit("labo", name, (good ? "good " : "bad ") + name);
      if (!good) {
        bad.add(name);
      }
    }
    return bad;
  }

  private static void dieOnTheWay(TwoServers servers, String side, List<Step> deaths)
      throws Exception {
    boolean ingestDies = side.equals("ingest");
    DaemonProcess dies = ingestDies ? servers.ingest() : servers.worker();
    DaemonProcess lives = ingestDies ? servers.worker() : servers.ingest();
    lives.start();
    for (int death = 1; death <= deaths.size(); death++) {
      dies.startFaulty(kills(servers), deaths);
      dies.awaitEnd();
      assertEquals(137, dies.exit(), "it was killed");
      assertEquals(death, Files.readAllLines(kills(servers)).size(), "deaths");
    }
    dies.start();
  }

  private static Path kills(TwoServers servers) {
    return servers.root().resolve("kills");
  }

  /** Only a death while the script runs leaves open whether it ended: it runs again. */
  private static void interruptions(TwoServers servers, Books books) throws Exception {
    for (String line : Files.readAllLines(kills(servers))) {
      String[] death = line.split(" ", 2);
      switch (Step.valueOf(death[0])) {
        case STARTED -> books.interrupted(death[1], 1);
        case RAN -> books.interrupted(death[1], 2);
        default -> {}
      }
    }
  }
}
