package fr.epiconcept.navette.worker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.message.Parcel.Acknowledgement;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.broker.message.Parcel.Receipt;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.RetryRules;
import fr.epiconcept.navette.flux.config.WorkerSection.OnFailure;
import fr.epiconcept.navette.flux.config.WorkerSection.Priority;
import fr.epiconcept.navette.flux.marks.MarkLine;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.flux.spool.Spool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.jms.Message;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A flux against a real broker: its lanes, its hold, what it sends and what it is told. */
// Each case has a broker, a flux and folders of its own, and waits most of its time.
@Execution(ExecutionMode.CONCURRENT)
class FluxWorkerTest {
  private static final String ERA = "0123456789abcdef0123456789abcdef";

  /** Bad files fail. */
  private static final String BAD_FAILS =
      Front.COUNTS + "case $NAVETTE_NAME in bad*) exit 3 ;; esac\n";

  @TempDir Path root;
  private Home home;
  private Front front;

  @BeforeEach
  void start() throws Exception {
    home = new Home(root.resolve("home"));
    front = new Front(root.resolve("front"));
  }

  @AfterEach
  void stop() throws Exception {
    front.close();
    home.close();
  }

  private static void until(Callable<Boolean> condition) {
    await().atMost(Home.PATIENCE).until(condition);
  }

  /** For as long as a flux that does not wait would need. */
  private static void stays(Callable<Boolean> condition) {
    await().during(Duration.ofMillis(1500)).atMost(Home.PATIENCE).until(condition);
  }

  private List<Result> results() throws Exception {
    return home.outcomes().stream().map(Outcome::result).toList();
  }

  private Path holdFile() {
    return front.state.resolve("hold").resolve("labo");
  }

  private static Checkpoint once(Step step, Runnable fault) {
    AtomicBoolean done = new AtomicBoolean();
    return (reached, id) -> {
      if (reached == step && done.compareAndSet(false, true)) {
        fault.run();
      }
    };
  }

  private Marks marks() throws Exception {
    return new Marks(front.state.resolve("flux").resolve("labo").resolve("deposits"));
  }

  // --- order ---

  @Test
  void filesAreRunOneAtATimeInTheOrderOfTheQueue() throws Exception {
    front.script(
        """
        echo "+$NAVETTE_NAME" >>"$ROOT/ran"
        echo "-$NAVETTE_NAME" >>"$ROOT/ran"
        """);
    for (String name : List.of("a", "b", "c", "d")) {
      home.sends(name);
    }
    try (AtWork work = new AtWork(front, home).receives()) {
      home.awaitOutcomes(4);
      assertEquals(List.of("+a", "-a", "+b", "-b", "+c", "-c", "+d", "-d"), front.ran());
      until(() -> home.waiting() == 0);
      assertFalse(work.flux.isBusy());
    }
  }

  @Test
  void theNextFileStaysWithTheBrokerWhereNoneIsReceivedAhead() throws Exception {
    front.ahead = 0;
    front.script(waitsFor("go"));
    home.sends("a");
    home.sends("b");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> front.ran().size() == 1);
      assertTrue(work.flux.isBusy());
      assertFalse(Files.exists(front.storage.resolve("b")), "it is not even stored");
      Files.createFile(front.root.resolve("go"));
      home.awaitOutcomes(2);
    }
  }

  @Test
  void filesAreStoredAndReceiptedWhileTheScriptRunsOnTheOneBeforeThem() throws Exception {
    front.ahead = 2;
    front.script(waitsFor("go"));
    for (String name : List.of("a", "b", "c", "d", "e")) {
      home.sends(name);
    }
    try (AtWork work = new AtWork(front, home).receives().sends(ERA)) {
      until(() -> home.receipts().size() == 3);
      stays(() -> Front.names(front.storage).equals(Set.of("a", "b", "c")));
      assertEquals(List.of("a"), front.ran());
      assertTrue(work.flux.isBusy());
      Files.createFile(front.root.resolve("go"));
      home.awaitOutcomes(5);
      assertEquals(List.of("a", "b", "c", "d", "e"), front.ran());
    }
  }

  /** With hundreds of fluxes that have files enough it would be a thread for each. */
  @Test
  void whatFindsNoRoomIsWaitedForWithoutAThreadOfTheClients() throws Exception {
    front.ahead = 1;
    front.script(waitsFor("go"));
    for (String name : List.of("a", "b", "c", "d", "e")) {
      home.sends(name);
    }
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> Front.names(front.storage).equals(Set.of("a", "b")));
      stays(() -> Front.names(front.storage).equals(Set.of("a", "b")) && !someThreadWaitsForRoom());
      assertTrue(work.flux.isBusy());
      Files.createFile(front.root.resolve("go"));
      home.awaitOutcomes(5);
      assertEquals(List.of("a", "b", "c", "d", "e"), front.ran());
    }
  }

  /** Of any test in this process. */
  private static boolean someThreadWaitsForRoom() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(each -> each.getKey().getState() == Thread.State.WAITING)
        .flatMap(each -> Arrays.stream(each.getValue()))
        .anyMatch(at -> at.getClassName().equals(Room.class.getName()));
  }

  private static String waitsFor(String file) {
    return Front.COUNTS + "while [ ! -e \"$ROOT/" + file + "\" ]; do sleep 0.05; done\n";
  }

  @Test
  void aFileWhoseLinkDiedDuringTheRunIsSettledNextAndNotRunAgain() throws Exception {
    front.script(waitsFor("go") + Front.ANSWERS);
    home.sends("a");
    home.sends("b");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> front.ran().size() == 1);
      work.loses();
      work.receives();
      Files.createFile(front.root.resolve("go"));
      List<Outcome> outcomes = home.awaitOutcomes(2);
      assertTrue(outcomes.get(0).id().compareTo(outcomes.get(1).id()) < 0, "in order");
      assertEquals(List.of("a", "b"), front.ran());
      assertEquals(List.of("ack-a", "ack-b"), home.answers());
    }
  }

  @Test
  void aFileThatWaitsForItsNextRunIsNotOvertakenWhenTheLinkDies() throws Exception {
    front.retry = new RetryRules(5, Duration.ofSeconds(2), 1, Duration.ofSeconds(2), Set.of(75));
    front.script(Front.COUNTS + "[ \"$NAVETTE_NAME.$NAVETTE_ATTEMPT\" != a.1 ] || exit 75\n");
    home.sends("a");
    home.sends("b");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> front.lines("again-later").size() == 1);
      work.loses();
      work.receives();
      home.awaitOutcomes(2);
      assertEquals(List.of("a", "a", "b"), front.ran());
    }
  }

  @Test
  void fourRunAtOnceWhereTheFluxAllowsFour() throws Exception {
    front.concurrency = 4;
    front.script(
        """
        : >"$ROOT/at-work-$NAVETTE_ID"
        for i in $(seq 200); do
          set -- "$ROOT"/at-work-*
          if [ $# -ge 4 ]; then exit 0; fi
          sleep 0.1
        done
        exit 3
        """);
    for (String name : List.of("a", "b", "c", "d")) {
      home.sends(name);
    }
    try (AtWork work = new AtWork(front, home).receives()) {
      home.awaitOutcomes(4);
      assertEquals(Set.of(Result.PROCESSED), Set.copyOf(results()));
      until(() -> !work.flux.isBusy());
    }
  }

  // --- places, which the scripts of all fluxes share ---

  /** Another flux's script runs, and no second one may. */
  private Places.Place taken() {
    front.places = new Places(1);
    Places.Place other = front.places.of(new FluxName("other"), Priority.NORMAL, () -> {});
    assertTrue(other.take(front.ids.next()));
    return other;
  }

  private boolean isInLine() {
    return !front.places.waiting(Front.LABO).isEmpty();
  }

  private static boolean hasThread(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals(name));
  }

  @Test
  void aScriptWaitsForAPlaceWithoutAThreadAndRunsWhenItHasOne() throws Exception {
    Places.Place other = taken();
    home.sends("a");
    home.sends("b");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(this::isInLine);
      until(() -> !hasThread("labo lane 1"));
      stays(() -> front.ran().isEmpty() && isInLine());
      assertTrue(work.flux.isBusy());
      other.leave();
      home.awaitOutcomes(2);
      assertEquals(List.of("a", "b"), front.ran());
      until(() -> other.take(front.ids.next()));
    }
  }

  @Test
  void aFluxThatWaitsForAPlaceStopsAtOnceAndIsInLineNoMore() throws Exception {
    Places.Place other = taken();
    home.sends("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(this::isInLine);
      work.flux.stopTaking();
      assertTrue(work.flux.awaitIdle(Duration.ofSeconds(5)));
      until(() -> !isInLine());
    }
    other.leave();
    try (AtWork work = new AtWork(front, home).receives()) {
      home.awaitOutcomes(1);
      assertEquals(List.of("a"), front.ran());
      until(() -> !work.flux.isBusy());
    }
  }

  @Test
  void aFluxThatIsHeldWhileItWaitsForAPlaceTakesNone() throws Exception {
    Places.Place other = taken();
    home.sends("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(this::isInLine);
      work.flux.lanes().hold("root", "", Optional.empty());
      until(() -> !isInLine() && !work.flux.isBusy());
      other.leave();
      stays(() -> front.ran().isEmpty());
      assertTrue(other.take(front.ids.next()), "nobody has it");
      other.leave();
      work.flux.lanes().resume("root");
      home.awaitOutcomes(1);
    }
  }

  /** By a file that somebody has put there, which nobody is told of. */
  @Test
  void aFluxWhoseHoldCameWhileItWaitedForAPlaceRunsNothing() throws Exception {
    Places.Place other = taken();
    home.sends("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(this::isInLine);
      new Hold(front.state, Front.LABO, front.clock).stop("by hand");
      other.leave();
      until(() -> !work.flux.isBusy());
      stays(() -> front.ran().isEmpty());
      Files.delete(holdFile());
      home.awaitOutcomes(1);
    }
  }

  @Test
  void aLinkThatDiesWhileItWaitsForAPlaceLosesNothingAndKeepsNoPlace() throws Exception {
    Places.Place other = taken();
    home.sends("a");
    home.sends("b");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(this::isInLine);
      work.loses();
      until(() -> !isInLine());
      work.receives();
      until(this::isInLine);
      other.leave();
      home.awaitOutcomes(2);
      assertEquals(List.of("a", "b"), front.ran());
      until(() -> other.take(front.ids.next()));
    }
  }

  @Test
  void aFileThatRestsBeforeItsNextRunKeepsNoPlaceAndNoThread() throws Exception {
    front.retry = new RetryRules(5, Duration.ofHours(1), 1, Duration.ofHours(1), Set.of(75));
    front.script(Front.COUNTS + "exit 75\n");
    Places.Place other = taken();
    other.leave();
    home.sends("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> front.lines("again-later").size() == 1);
      until(() -> other.take(front.ids.next()));
      until(() -> !hasThread("labo lane 1"));
      assertTrue(work.flux.isBusy());
    }
  }

  // --- messages that are not what they should be ---

  @Test
  void aMessageThatBreaksTheContractIsSettledAndSaidAndBlocksNobody() throws Exception {
    home.send(home.empty());
    home.sends("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      home.awaitOutcomes(1);
      assertEquals(1, front.lines("refused-message").size());
      until(() -> home.waiting() == 0 && !work.flux.isBusy());
    }
  }

  @Test
  void aDepositOfAnotherFluxInThisQueueIsRefused() throws Exception {
    Deposit own = home.deposit("x", "x");
    Deposit foreign =
        new Deposit(
            new FluxName("radio"),
            own.id(),
            FileName.of("x"),
            1,
            Instant.EPOCH,
            1,
            Optional.empty());
    home.send(foreign, "x");
    home.sends("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      home.awaitOutcomes(1);
      assertEquals(1, front.lines("refused-message").size());
      assertEquals(List.of("a"), front.ran());
      assertFalse(work.flux.isBusy() && home.waiting() > 0);
    }
  }

  @Test
  void aMessageOfALaterContractStaysWithTheBroker() throws Exception {
    Message later = home.message(home.deposit("a", "x"), "x");
    later.setIntProperty("navette_version", 99);
    home.send(later);
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> front.lines("suspended").size() == 1);
      stays(() -> !work.flux.isBusy() && front.lines("refused-message").isEmpty());
      assertEquals(List.of(), front.ran());
    }
    until(() -> home.waiting() == 1);
  }

  @Test
  void whatCameBeforeAMessageThatCannotBeTakenIsRunAndWhatCameBehindItIsNot() throws Exception {
    home.sends("a");
    home.sends("b");
    Message later = home.message(home.deposit("x", "x"), "x");
    later.setIntProperty("navette_version", 99);
    home.send(later);
    home.sends("c");
    try (AtWork work = new AtWork(front, home).receives()) {
      home.awaitOutcomes(2);
      assertEquals(List.of("a", "b"), front.ran());
      stays(() -> front.ran().size() == 2 && !work.flux.isBusy());
    }
  }

  @Test
  void aFileThatNeverComesWholeFailsAndStopsAFluxThatWantsThat() throws Exception {
    front.onFailure = OnFailure.STOP;
    Deposit torn = home.deposit("a", "longer than what comes");
    home.send(torn, "short");
    home.sends("b");
    try (AtWork work = new AtWork(front, home).receives()) {
      List<Outcome> outcomes = home.awaitOutcomes(1);
      assertEquals(torn.id(), outcomes.get(0).id());
      assertTrue(outcomes.get(0).reason().startsWith("corrupt: "), outcomes.get(0).reason());
      assertEquals(3, front.lines("corrupt").size());
      assertEquals(1, front.lines("failed").size());
      until(() -> Files.exists(holdFile()) && !work.flux.isBusy());
      stays(() -> front.ran().isEmpty());
      Files.delete(holdFile());
      home.awaitOutcomes(2);
      assertEquals(List.of("b"), front.ran());
    }
  }

  /** The client gives no other message while a large one is left unread. */
  @Test
  void aLargeFileThatHasAnEndAndComesAgainKeepsNobodyWaiting() throws Exception {
    Deposit large = home.sendsLarge("large");
    try (AtWork work = new AtWork(front, home).receives()) {
      home.awaitOutcomes(1);
      home.sendLarge(large);
      home.sends("b");
      home.awaitOutcomes(3);
      assertEquals(List.of("large", "b"), front.ran());
      until(() -> !work.flux.isBusy());
    }
  }

  /** What its disk did to the broker: the bytes will never come, however well the link is. */
  @Test
  void aLargeFileOfWhichTheBrokerHasLostTheEndIsCorrupt() throws Exception {
    home.sendsAndLosesTheEnd("a");
    try (AtWork work = new AtWork(front, home)) {
      work.receives();
      // The client waits for more first, twice as long as for any answer.
      until(() -> front.lines("corrupt").size() == 1);
      String reason = front.values("corrupt", "reason").get(0);
      assertTrue(reason.startsWith("the broker gives only"), reason);
    }
  }

  @Test
  void aLargeFileThatBreaksOffWithItsLinkIsNotCorrupt() throws Exception {
    home.sendsAndLosesTheEnd("a");
    CompletableFuture<Void> receives = new CompletableFuture<>();
    Checkpoint receiving = once(Step.RECEIVING, () -> receives.complete(null));
    try (AtWork work = new AtWork(front, home, receiving).receives()) {
      receives.get(20, TimeUnit.SECONDS);
      work.cut();
      until(
          () ->
              !front.lines("redelivery-expected").isEmpty() || !front.lines("suspended").isEmpty());
      assertEquals(List.of(), front.lines("corrupt"));
    }
  }

  // --- on-failure ---

  @Test
  void aFileThatFailedDoesNotStopAFluxThatContinues() throws Exception {
    front.script(BAD_FAILS);
    home.sends("bad");
    home.sends("b");
    try (AtWork work = new AtWork(front, home).receives()) {
      home.awaitOutcomes(2);
      assertEquals(List.of(Result.FAILED, Result.PROCESSED), results());
      assertFalse(Files.exists(holdFile()), work.flux.name()::toString);
    }
  }

  @Test
  void nothingOvertakesAFileThatFailedUntilSomebodyResumesAStoppedFlux() throws Exception {
    front.onFailure = OnFailure.STOP;
    front.script(BAD_FAILS);
    home.sends("bad");
    home.sends("b");
    try (AtWork work = new AtWork(front, home).receives()) {
      home.awaitOutcomes(1);
      until(() -> front.lines("stopped").size() == 1);
      assertEquals(
          "after: the script answered 3 (on-failure: stop)",
          Hold.at(front.state, Front.LABO).reason().orElseThrow());
      stays(() -> front.ran().equals(List.of("bad")));
      Files.delete(holdFile());
      home.awaitOutcomes(2);
      assertEquals(List.of("bad", "b"), front.ran());
      assertEquals(1, front.lines("resumed").size());
      assertFalse(work.flux.isBusy() && Files.exists(holdFile()));
    }
  }

  @Test
  void aStoppedFluxStaysStoppedOverLinksAndRestarts() throws Exception {
    front.onFailure = OnFailure.STOP;
    front.script(BAD_FAILS);
    home.sends("bad");
    home.sends("b");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> front.lines("stopped").size() == 1);
      work.loses();
      work.receives();
      stays(() -> front.ran().equals(List.of("bad")));
    }
    try (AtWork work = new AtWork(front, home).receives()) {
      stays(() -> front.ran().equals(List.of("bad")));
      Files.delete(holdFile());
      home.awaitOutcomes(2);
      assertFalse(Files.exists(holdFile()), work.flux.name()::toString);
    }
  }

  /** Runs until the test lets it end. */
  private static final String UNTIL_GO =
      """
      echo "+$NAVETTE_NAME" >>"$ROOT/ran"
      until test -e "$ROOT/go"; do sleep 0.05; done
      echo "-$NAVETTE_NAME" >>"$ROOT/ran"
      """;

  @Test
  void aScriptThatRunsIsNotTouchedByAHoldAndItsEndIsTold() throws Exception {
    front.script(UNTIL_GO);
    home.sends("a");
    home.sends("b");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> front.ran().equals(List.of("+a")));
      work.flux.lanes().hold("root", "upgrade", Optional.empty());
      Files.createFile(front.root.resolve("go"));
      home.awaitOutcomes(1);
      stays(() -> front.ran().equals(List.of("+a", "-a")));
      assertEquals(List.of("root"), front.values("held", "by"));
      assertTrue(work.flux.lanes().resume("root"));
      home.awaitOutcomes(2);
      assertEquals(List.of("+a", "-a", "+b", "-b"), front.ran());
      assertEquals(List.of(Result.PROCESSED, Result.PROCESSED), results());
      assertEquals(1, front.lines("resumed").size());
    }
  }

  @Test
  void whatIsResumedWhileTheOldScriptRunsBeginsNoOtherBesideIt() throws Exception {
    front.script(UNTIL_GO);
    home.sends("a");
    home.sends("b");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> front.ran().equals(List.of("+a")));
      work.flux.lanes().hold("root", "", Optional.empty());
      work.flux.lanes().resume("root");
      stays(() -> front.ran().equals(List.of("+a")));
      Files.createFile(front.root.resolve("go"));
      home.awaitOutcomes(2);
      assertEquals(List.of("+a", "-a", "+b", "-b"), front.ran());
    }
  }

  @Test
  void aHeldFluxHasNoSessionAtTheBrokerAndAResumedOneHasOneHoweverOften() throws Exception {
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> home.broker().takers(Front.LABO) == 1);
      for (int i = 0; i < 2; i++) {
        work.flux.lanes().hold("root", "", Optional.empty());
        until(() -> home.broker().takers(Front.LABO) == 0);
        work.flux.lanes().resume("root");
        until(() -> home.broker().takers(Front.LABO) == 1);
      }
    }
  }

  @Test
  void anEndWaitsForTheScriptThatRunsAndLetsItsLaneSettle() throws Exception {
    front.script(UNTIL_GO);
    home.sends("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> front.ran().equals(List.of("+a")));
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      Thread ending =
          new Thread(
              () -> {
                try {
                  work.flux.end();
                  interrupted.complete(false);
                } catch (InterruptedException e) {
                  interrupted.complete(true);
                }
              });
      ending.start();
      // Whoever gives up waiting has touched neither the script nor its lane.
      ending.interrupt();
      assertTrue(interrupted.get(5, TimeUnit.SECONDS), "it did not wait for the script");
      assertEquals(List.of(), front.lines("ended"));
      Files.createFile(front.root.resolve("go"));
      home.awaitOutcomes(1);
      assertEquals(List.of(Result.PROCESSED), results());
      assertEquals(List.of("+a", "-a"), front.ran());
      work.flux.end();
      assertEquals(1, front.lines("ended").size());
    }
  }

  @Test
  void aHoldEndsByItselfWhenItsTimeHasCome() throws Exception {
    new Hold(front.state, Front.LABO, front.clock)
        .put("root", "upgrade", Optional.of(front.clock.instant().plusSeconds(2)));
    home.sends("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      home.awaitOutcomes(1);
      assertEquals(List.of("its time is over"), front.values("resumed", "because"));
      assertFalse(Files.exists(holdFile()), work.flux.name()::toString);
    }
  }

  @Test
  void afterAHoldThereIsOneLaneHoweverOftenTheLinkCameBackMeanwhile() throws Exception {
    front.script(
        """
        echo "+$NAVETTE_NAME" >>"$ROOT/ran"
        sleep 0.3
        echo "-$NAVETTE_NAME" >>"$ROOT/ran"
        """);
    new Hold(front.state, Front.LABO, front.clock).stop("by hand");
    try (AtWork work = new AtWork(front, home).receives()) {
      for (int i = 0; i < 3; i++) {
        work.loses();
        work.receives();
      }
      for (String name : List.of("a", "b", "c")) {
        home.sends(name);
      }
      stays(() -> front.ran().isEmpty());
      Files.delete(holdFile());
      home.awaitOutcomes(3);
      assertEquals(List.of("+a", "-a", "+b", "-b", "+c", "-c"), front.ran());
      assertEquals(1, front.lines("resumed").size());
    }
  }

  @Test
  void aFluxThatWasResumedIsNotHeldOnceMoreForTheSameFile() throws Exception {
    front.onFailure = OnFailure.STOP;
    front.script(BAD_FAILS);
    home.sends("bad");
    home.sends("b");
    Checkpoint linkDies =
        once(
            Step.SETTLING,
            () -> {
              throw new IllegalStateException("the link died");
            });
    try (AtWork work = new AtWork(front, home, linkDies).receives()) {
      until(() -> Files.exists(holdFile()));
      assertEquals(List.of(), home.outcomes(), "its end is not told yet");
      until(() -> front.lines("suspended").size() == 1);
      Files.delete(holdFile());

      home.awaitOutcomes(2);
      assertEquals(List.of(Result.FAILED, Result.PROCESSED), results());
      assertFalse(Files.exists(holdFile()), "the operator has decided");
      assertEquals(List.of("bad", "b"), front.ran());
      assertFalse(work.flux.isBusy() && home.waiting() > 0);
    }
  }

  @Test
  void anEndThatWasNotToldBecauseTheLinkDiedHoldsTheFluxAllTheSame() throws Exception {
    front.onFailure = OnFailure.STOP;
    front.script(BAD_FAILS);
    home.sends("bad");
    home.sends("b");
    Checkpoint linkDies =
        once(
            Step.SETTLING,
            () -> {
              throw new IllegalStateException("the link died");
            });
    try (AtWork work = new AtWork(front, home, linkDies).receives()) {
      home.awaitOutcomes(1);
      until(() -> front.lines("stopped").size() == 1);
      stays(() -> front.ran().equals(List.of("bad")));
      assertTrue(Files.exists(holdFile()), work.flux.name()::toString);
    }
  }

  // --- faults ---

  @Test
  void anErrorInTheListenerLosesNoFile() throws Exception {
    home.sends("a");
    home.sends("b");
    Checkpoint noMemory =
        once(
            Step.RECEIVING,
            () -> {
              throw new OutOfMemoryError("made up");
            });
    try (AtWork work = new AtWork(front, home, noMemory).receives()) {
      home.awaitOutcomes(2);
      assertEquals(List.of("a", "b"), front.ran());
      assertEquals(1, front.lines("suspended").size());
      until(() -> !work.flux.isBusy());
    }
  }

  @Test
  void aStopEndsTheRestOfAFileThatWaitsAndTheNextStartGoesOn() throws Exception {
    front.retry = new RetryRules(5, Duration.ofHours(1), 1, Duration.ofHours(1), Set.of(75));
    front.script(Front.COUNTS + "exit 75\n");
    home.sends("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> front.lines("again-later").size() == 1);
      work.flux.stopTaking();
      assertTrue(work.flux.awaitIdle(Home.PATIENCE));
    }
    assertEquals(List.of(), home.outcomes());
    until(() -> home.waiting() == 1);
  }

  @Test
  void aScriptThatTheStopKillsIsRunAgainByTheNextStart() throws Exception {
    front.script(waitsFor("go") + Front.ANSWERS);
    home.sends("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> front.ran().size() == 1);
      work.flux.stopTaking();
      assertFalse(work.flux.awaitIdle(Duration.ofMillis(200)));
      work.flux.terminateScripts();
      assertTrue(work.flux.awaitIdle(Home.PATIENCE));
    }
    Files.createFile(front.root.resolve("go"));
    try (AtWork work = new AtWork(front, home).receives()) {
      home.awaitOutcomes(1);
      assertEquals(List.of(Result.PROCESSED), results());
      assertEquals(List.of("a", "a"), front.ran());
      assertEquals(List.of("ack-a"), home.answers());
      until(() -> !work.flux.isBusy());
    }
  }

  // --- home: acknowledgements, receipts, eras ---

  @Test
  void whatTheApplicationPutsIntoOutGoesHomeAndIsRemovedWhenItIsConfirmed() throws Exception {
    try (AtWork work = new AtWork(front, home).receives().sends(ERA)) {
      Files.writeString(front.root.resolve("t"), "late");
      Files.move(front.root.resolve("t"), front.out.resolve("late-ack"));
      home.awaitParcels(all -> all.size() == 1);
      Acknowledgement answer = (Acknowledgement) home.came().get(0);
      assertEquals("late-ack", answer.name().display());
      assertEquals(Optional.empty(), answer.of());

      until(() -> spool().list(Spool.State.PUBLISHED).size() == 1);
      work.flux.confirmed(
          new Receipt(Front.LABO, answer.id(), Receipt.Of.ACKNOWLEDGEMENT, 1, "ingest"));
      assertEquals(List.of(), spool().list(Spool.State.PUBLISHED));
      assertEquals(
          List.of("answer-found", "answer-taken", "answer-sent", "acknowledged"),
          front.events(answer.id()),
          "words of their own: nobody takes an answer for a deposit");
    }
  }

  private Spool spool() throws Exception {
    return new Spool(front.state.resolve("flux").resolve("labo").resolve("spool"));
  }

  @Test
  void aFilePutIntoOutByTheOnlyScriptThatRunsIsTiedToItsDeposit() throws Exception {
    front.script("echo x >\"$ROOT/t\"; mv \"$ROOT/t\" \"$ROOT/out/direct\"\n" + waitsFor("go"));
    Deposit deposit = home.sends("a");
    try (AtWork work = new AtWork(front, home).receives().sends(ERA)) {
      home.awaitParcels(all -> all.stream().anyMatch(Acknowledgement.class::isInstance));
      Acknowledgement answer =
          (Acknowledgement)
              home.came().stream().filter(Acknowledgement.class::isInstance).findAny().get();
      assertEquals(Optional.of(deposit.id()), answer.of());
      Files.createFile(front.root.resolve("go"));
      home.awaitOutcomes(1);
      until(() -> !work.flux.isBusy());
    }
  }

  @Test
  void aMarkIsClosedByTheReceiptOfItsOwnRoundOnly() throws Exception {
    FileId id = home.sends("a").id();
    try (AtWork work = new AtWork(front, home).receives()) {
      home.awaitOutcomes(1);
      work.flux.confirmed(new Receipt(Front.LABO, id, Receipt.Of.OUTCOME, 2, "ingest"));
      assertFalse(marks().isDone(id));
      work.flux.confirmed(new Receipt(Front.LABO, id, Receipt.Of.OUTCOME, 1, "ingest"));
      assertTrue(marks().isDone(id));
    }
  }

  @Test
  void outcomesWithoutReceiptAreToldAgainToANewBrokerAndNotToTheSame() throws Exception {
    FileId known = home.sends("a").id();
    FileId open = home.sends("b").id();
    try (AtWork work = new AtWork(front, home).receives().sends(ERA)) {
      home.awaitOutcomes(2);
      work.flux.confirmed(new Receipt(Front.LABO, known, Receipt.Of.OUTCOME, 1, "ingest"));

      work.flux.tellOutcomesAgain(work.sending(), ERA);
      home.awaitOutcomes(3);
      assertEquals(open, home.outcomes().get(2).id());
      work.flux.tellOutcomesAgain(work.sending(), ERA);
      stays(() -> home.outcomes().size() == 3);
      work.flux.tellOutcomesAgain(work.sending(), "another");
      home.awaitOutcomes(4);
    }
  }

  /**
   * Told of its end, the file server would not send it again, and its answers would stay for ever.
   */
  @Test
  void theOutcomeOfAFileWhoseAnswersAreNotTakenYetIsNotTold() throws Exception {
    FileId settled = home.sends("a").id();
    FileId unsettled = home.sends("b").id();
    try (AtWork work = new AtWork(front, home).receives().sends(ERA)) {
      home.awaitOutcomes(2);
      Path answers =
          Files.createDirectories(front.out.resolve(".navette-run-" + unsettled + "/1-1"));
      Files.writeString(answers.resolve("ack"), "of b");

      work.flux.tellOutcomesAgain(work.sending(), "another");
      home.awaitOutcomes(3);
      stays(() -> home.outcomes().size() == 3);
      assertEquals(settled, home.outcomes().get(2).id());

      // Out of reach, nobody knows.
      Files.move(front.out, front.root.resolve("away"));
      work.flux.tellOutcomesAgain(work.sending(), "a third");
      stays(() -> home.outcomes().size() == 3);
    }
  }

  @Test
  void aDamagedMarkKeepsNoOtherOutcomeFromBeingTold() throws Exception {
    FileId damaged = home.sends("a").id();
    FileId open = home.sends("b").id();
    try (AtWork work = new AtWork(front, home).receives().sends(ERA)) {
      home.awaitOutcomes(2);
      marks().write(damaged, MarkLine.of("finished", "result", "\0\0\0"));

      work.flux.tellOutcomesAgain(work.sending(), "another");

      home.awaitOutcomes(3);
      assertEquals(open, home.outcomes().get(2).id());
      assertTrue(front.events(damaged).contains("outcome-not-told-again"));
    }
  }

  @Test
  void aDepositsReceiptLeavesBeforeItsScriptHasEnded() throws Exception {
    front.script(waitsFor("go"));
    FileId id = home.sends("a").id();
    try (AtWork work = new AtWork(front, home).receives().sends(ERA)) {
      home.awaitParcels(all -> !all.isEmpty());
      assertEquals(
          List.of(new Receipt(Front.LABO, id, Receipt.Of.DEPOSIT, 1, Home.ACCOUNT)),
          home.receipts());
      assertTrue(work.flux.isBusy());
      Files.createFile(front.root.resolve("go"));
      home.awaitOutcomes(1);
    }
  }

  // --- the link to out ---

  @Test
  void aLinkLeadsToTheOutOfEachFluxAndFollowsItsChange() throws Exception {
    Path run = front.root.resolve("run");
    Path link = run.resolve("worker").resolve("out").resolve("labo");
    try (AtWork work = new AtWork(front, home)) {
      OutLinks.make(run, work.flux);
      OutLinks.make(run, work.flux);
      assertEquals(front.out, Files.readSymbolicLink(link));
    }
    Path other = Files.createDirectory(front.root.resolve("other"));
    front.outOrNone = Optional.of(other);
    try (AtWork work = new AtWork(front, home)) {
      OutLinks.make(run, work.flux);
    }
    assertEquals(other, Files.readSymbolicLink(link));
    assertEquals(Set.of("labo"), Front.names(link.getParent()), "no half-made link is left");
  }

  @Test
  void aFluxWithoutOutHasNoLink() throws Exception {
    front.outOrNone = Optional.empty();
    Path run = front.root.resolve("run");
    try (AtWork work = new AtWork(front, home)) {
      OutLinks.make(run, work.flux);
    }
    assertFalse(Files.exists(run.resolve("worker").resolve("out").resolve("labo")));
  }
}
