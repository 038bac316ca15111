package fr.epiconcept.navette.e2e;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import fr.epiconcept.navette.flux.Checkpoint.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * P1 and P2 at every point at which a crash leaves something different behind. In a walk, a daemon
 * dies at each of its steps, each time with another file: the first that comes there, then one that
 * has others before and behind it.
 */
@ExtendWith(TellsOnFailure.class)
@Order(2)
class FaultWalkTest {
  private static final String SCRIPT =
      "if grep -q failed \"$NAVETTE_FILE\"; then exit 3; fi\n" + Flux.ANSWERS;

  /** After so long without a death, there may be nothing left to die on. */
  private static final Duration A_FILES_WAY = Duration.ofSeconds(10);

  private static final int MOST_MORE = 3;

  /** Which daemon dies where, on the way of files of which nature. */
  record Walk(String side, Nature nature, int ahead, List<Step> steps) {
    Walk(String side, Nature nature, Step... steps) {
      this(side, nature, 0, List.of(steps));
    }

    @Override
    public String toString() {
      return side + " " + nature + " at " + steps + (ahead > 0 ? " with others in hand" : "");
    }
  }

  /** What the daemon dies on. The files before and behind are processed. */
  enum Nature {
    /** Deposits that are processed and answered. */
    PROCESSED,
    /** Deposits that the check refuses. */
    REFUSED,
    /** Deposits whose script fails. */
    FAILED,
    /** Acknowledgements that an application puts into its out folder by itself. */
    HANDED_IN
  }

  static Stream<Walk> walks() {
    return Stream.of(
        new Walk(
            "ingest",
            Nature.PROCESSED,
            Step.CLAIMED,
            Step.CHECKED,
            Step.SENDING,
            Step.SENT,
            Step.PUBLISHED),
        new Walk(
            "worker",
            Nature.PROCESSED,
            Step.RECEIVING,
            Step.WRITTEN,
            Step.LANDING,
            Step.LANDED,
            Step.RECEIPTED),
        new Walk(
            "worker",
            Nature.PROCESSED,
            Step.STARTED,
            Step.RAN,
            Step.FINISHED,
            Step.ANSWERED,
            Step.SETTLING,
            Step.SETTLED),
        // The same, of a group: others have landed, or run, when it dies.
        new Walk(
            "worker",
            Nature.PROCESSED,
            32,
            List.of(
                Step.WRITTEN,
                Step.LANDING,
                Step.LANDED,
                Step.FINISHED,
                Step.ANSWERED,
                Step.SETTLING,
                Step.SETTLED)),
        new Walk(
            "ingest",
            Nature.PROCESSED,
            Step.ARRIVED,
            Step.RECORDED,
            Step.ARCHIVED,
            Step.ENDED,
            Step.CLOSED),
        // Acknowledgements: away from the processing server, and home
        new Walk(
            "worker",
            Nature.HANDED_IN,
            Step.CLAIMED,
            Step.CHECKED,
            Step.SENDING,
            Step.SENT,
            Step.PUBLISHED),
        new Walk("ingest", Nature.HANDED_IN, Step.WRITTEN, Step.LANDING, Step.LANDED),
        // What does not end well
        new Walk("ingest", Nature.REFUSED, Step.REFUSED, Step.QUARANTINED),
        new Walk("worker", Nature.FAILED, Step.FINISHED, Step.SETTLED),
        new Walk("ingest", Nature.FAILED, Step.ENDED, Step.DEAD, Step.CLOSED));
  }

  @Test
  void knowsEveryStep() {
    Set<Step> walked = EnumSet.noneOf(Step.class);
    walks().forEach(walk -> walked.addAll(walk.steps()));

    assertEquals(EnumSet.allOf(Step.class), walked, "steps at which some daemon dies here");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("walks")
  @Execution(ExecutionMode.CONCURRENT)
  void losesAndRepeatsNothing(Walk walk, @TempDir Path folder) throws Exception {
    Flux labo =
        Flux.named("labo")
            .check("grep -qv refused \"$1\"\n")
            .script(SCRIPT)
            .worker("ahead: " + walk.ahead());
    try (TwoServers servers = TwoServers.in(folder).with(labo)) {
      List<String> names = handOver(servers, walk);
      dieOnTheWay(servers, walk, names);

      Books books = Books.of(servers, "labo");
      if (walk.nature() == Nature.REFUSED) {
        books.quarantined(names);
      } else if (walk.nature() == Nature.FAILED) {
        books.dead(names);
      }
      servers.awaitIdle();
      if (walk.ahead() > 0) {
        books.startsUndecided(walk.steps().size());
      } else {
        interruptions(servers, books);
      }
      books.balance();
      books.navetteAgrees();
    }
  }

  /** A file for each death, and one that is spared; all while nobody takes them. */
  private static List<String> handOver(TwoServers servers, Walk walk) throws Exception {
    List<String> names = new ArrayList<>();
    for (int i = 1; i <= walk.steps().size(); i++) {
      names.add(handOver(servers, walk, "file" + i));
    }
    servers.deposit("labo", "last", "processed");
    servers.handIn("labo", "last of all", "handed in");
    return names;
  }

  private static String handOver(TwoServers servers, Walk walk, String name) throws Exception {
    String text = walk.nature().name().toLowerCase(Locale.ROOT) + " " + name;
    if (walk.nature() == Nature.HANDED_IN) {
      servers.handIn("labo", name, text);
    } else {
      servers.deposit("labo", name, text);
    }
    return name;
  }

  private static void dieOnTheWay(TwoServers servers, Walk walk, List<String> names)
      throws Exception {
    boolean ingestDies = walk.side().equals("ingest");
    DaemonProcess dies = ingestDies ? servers.ingest() : servers.worker();
    DaemonProcess lives = ingestDies ? servers.worker() : servers.ingest();
    lives.start();
    for (int death = 1; death <= walk.steps().size(); death++) {
      dies.startFaulty(kills(servers), walk.steps());
      // What an earlier life had sent may be confirmed before this one comes to it: another file
      // goes all the way. Not before all others are taken: one that is seen to come has arrived
      // before those that a slow start has still to find.
      for (int more = 1; more <= MOST_MORE && !dies.endsWithin(A_FILES_WAY); more++) {
        if (!awaitTaken(servers, dies)) {
          break;
        }
        names.add(handOver(servers, walk, "more" + death + "-" + more));
      }
      dies.awaitEnd();
      assertEquals(137, dies.exit(), "it was killed");
      assertEquals(death, Files.readAllLines(kills(servers)).size(), "deaths");
    }
    dies.start();
  }

  /** Waits until nothing is left to be found; false if the daemon died first. */
  private static boolean awaitTaken(TwoServers servers, DaemonProcess dies) {
    Flux labo = servers.flux("labo");
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> !dies.isAlive() || (isTaken(labo.inbox()) && isTaken(labo.workerOut())));
    return dies.isAlive();
  }

  private static boolean isTaken(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.noneMatch(Files::isRegularFile);
    }
  }

  private static Path kills(TwoServers servers) {
    return servers.root().resolve("kills");
  }

  /** Only a death while the script runs leaves open whether it ended: it runs again. */
  private static void interruptions(TwoServers servers, Books books) throws Exception {
    for (String line : Files.readAllLines(kills(servers))) {
      String[] death = line.split(" ", 2);
      switch (Step.valueOf(death[0])) {
        case STARTED -> books.started(books.nameOf(death[1]), 1);
        case RAN -> books.started(books.nameOf(death[1]), 2);
        default -> {}
      }
    }
  }
}
