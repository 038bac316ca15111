package fr.epiconcept.navette.worker;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Addresses;
import fr.epiconcept.navette.broker.begin.Note.Answer;
import fr.epiconcept.navette.broker.begin.Note.State;
import fr.epiconcept.navette.broker.begin.Note.Step;
import fr.epiconcept.navette.broker.begin.Note.Word;
import fr.epiconcept.navette.broker.message.Contract;
import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Outcome;
import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.RetryRules;
import fr.epiconcept.navette.flux.config.SeveralWorkers.Mode;
import fr.epiconcept.navette.flux.config.WorkerSection.OnInterrupt;
import fr.epiconcept.navette.flux.config.WorkerSection.Priority;
import fr.epiconcept.navette.flux.file.TemporaryName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.jms.Message;
import javax.jms.MessageConsumer;
import javax.jms.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One worker of several: what it asks, and what it does with the answers. */
@Timeout(120)
class SeveralWorkersTest {
  private static final String WAITS =
      Front.COUNTS + "while [ ! -e \"$ROOT/go\" ]; do sleep 0.05; done\n";

  @TempDir Path root;
  private Home home;
  private Front front;

  /** What was asked, in order: {@code NAME} is not known here, so the step alone. */
  private final Queue<Step> asked = new ConcurrentLinkedQueue<>();

  /** What is answered to a step; GO where nothing is said. */
  private final Map<Step, Answer> answers = new ConcurrentHashMap<>();

  @BeforeEach
  void start() throws Exception {
    home = new Home(root.resolve("home"));
    front = new Front(Files.createDirectories(root.resolve("front")));
    front.server =
        (flux, id, round, step) -> {
          asked.add(step);
          return CompletableFuture.completedFuture(
              Optional.of(new Word(1, answers.getOrDefault(step, Answer.GO), "front2")));
        };
  }

  @AfterEach
  void stop() throws Exception {
    front.close();
    home.close();
  }

  private Deposit sendsShared(String name) throws Exception {
    Deposit deposit = home.deposit(name, "content of " + name);
    Message message = home.message(deposit, "content of " + name);
    Contract.forSeveral(Mode.ONE_ACTIVE, message);
    home.send(message);
    return deposit;
  }

  private static void until(Callable<Boolean> condition) {
    await().atMost(Home.PATIENCE).until(condition);
  }

  @Test
  void whoIsAloneAsksNobody() throws Exception {
    home.sends("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      home.awaitOutcomes(1);
      assertEquals(List.of(), List.copyOf(asked));
      until(() -> !work.flux.isBusy());
    }
  }

  @Test
  void noScriptStartsBeforeThereIsAnAnswer() throws Exception {
    answers.put(Step.BEGIN, Answer.WAIT);
    sendsShared("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> asked.size() >= 3);
      assertEquals(List.of(), front.ran());
      assertEquals(1, front.lines("waits").size(), "said once");
      assertTrue(front.values("waits", "reason").get(0).contains("front2"));
      answers.put(Step.BEGIN, Answer.GO);
      home.awaitOutcomes(1);
      assertEquals(List.of("a"), front.ran());
      assertTrue(asked.stream().allMatch(Step.BEGIN::equals), asked::toString);
      until(() -> !work.flux.isBusy());
    }
  }

  @Test
  void aFileServerThatDoesNotAnswerLetsNothingBegin() throws Exception {
    front.server =
        (flux, id, round, step) -> {
          asked.add(step);
          return CompletableFuture.completedFuture(Optional.empty());
        };
    sendsShared("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> asked.size() >= 3);
      assertEquals(List.of(), front.ran());
      assertTrue(work.flux.isBusy());
    }
  }

  @Test
  void whatHasEndedElsewhereIsNotRunAndNotToldAndLeavesNothing() throws Exception {
    answers.put(Step.BEGIN, Answer.OVER);
    Deposit over = sendsShared("over");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> front.lines("ended-elsewhere").size() == 1);
      until(() -> home.waiting() == 0 && !work.flux.isBusy());
      answers.remove(Step.BEGIN);
      sendsShared("next");
      List<Outcome> outcomes = home.awaitOutcomes(1);
      assertTrue(outcomes.stream().noneMatch(outcome -> outcome.id().equals(over.id())));
      assertEquals(List.of("next"), front.ran());
      assertEquals(Set.of("next"), Front.names(front.storage));
    }
    assertEquals(0, home.waiting(), "what was not settled is back when its link is gone");
  }

  @Test
  void whatAnotherWasInterruptedInIsTakenOverWhereTheFluxSaysRerun() throws Exception {
    answers.put(Step.BEGIN, Answer.INTERRUPTED);
    sendsShared("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      assertEquals(Result.PROCESSED, home.awaitOutcomes(1).get(0).result());
      assertEquals(List.of(Step.BEGIN, Step.TAKE_OVER), List.copyOf(asked));
      assertEquals(List.of("a"), front.ran());
      assertEquals("front2", front.values("interrupted", "worker").get(0));
      until(() -> !work.flux.isBusy());
    }
  }

  @Test
  void whatAnotherWasInterruptedInIsLeftToAPersonWhereTheFluxSaysHold() throws Exception {
    front.onInterrupt = OnInterrupt.HOLD;
    answers.put(Step.BEGIN, Answer.INTERRUPTED);
    sendsShared("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      Outcome outcome = home.awaitOutcomes(1).get(0);
      assertEquals(Result.INTERRUPTED, outcome.result());
      assertTrue(outcome.reason().contains("front2"), outcome.reason());
      assertEquals(List.of(), front.ran());
      until(() -> !work.flux.isBusy());
    }
  }

  @Test
  void anEndWhoseMessageAnotherHasIsToldOnceWithItsAnswers() throws Exception {
    front.script(WAITS + Front.ANSWERS);
    Deposit deposit = sendsShared("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> front.ran().size() == 1);
      assertEquals(Optional.of(State.RUNS), work.flux.howFar(deposit.id(), 1));
      work.loses();
      try (Session other = home.inside().createSession(true, Session.SESSION_TRANSACTED);
          MessageConsumer has =
              other.createConsumer(other.createQueue(Addresses.deposits(Front.LABO)))) {
        assertEquals(
            deposit.id().value(),
            has.receive(Home.PATIENCE.toMillis()).getStringProperty(Contract.P_ID));
        work.receives();
        assertEquals(Optional.of(State.RUNS), work.flux.howFar(deposit.id(), 1));
        Files.createFile(front.root.resolve("go"));
        until(() -> work.flux.howFar(deposit.id(), 1).equals(Optional.of(State.FINISHED)));
        Outcome outcome = home.awaitOutcomes(1).get(0);
        assertEquals(Result.PROCESSED, outcome.result());
        assertEquals(List.of("ack-a"), home.answers());
        assertEquals(1, front.lines("told-late").size());
        other.rollback();
      }
    }
  }

  @Test
  void whatWasLeftWithoutAnEndIsSaidToBeInterruptedAndWhatIsUnknownToo() throws Exception {
    front.script(WAITS);
    Deposit deposit = sendsShared("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> front.ran().size() == 1);
      assertTrue(work.flux.isBusy());
    }
    try (AtWork again = new AtWork(front, home)) {
      assertEquals(Optional.of(State.INTERRUPTED), again.flux.howFar(deposit.id(), 1));
      assertEquals(Optional.of(State.RELEASED), again.flux.howFar(deposit.id(), 2));
      Deposit unknown = home.deposit("b", "b");
      assertEquals(Optional.of(State.INTERRUPTED), again.flux.howFar(unknown.id(), 1));
    }
  }

  @Test
  void whatWasOnlyReceivedIsReleased() throws Exception {
    answers.put(Step.BEGIN, Answer.WAIT);
    Deposit deposit = sendsShared("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> !asked.isEmpty());
      assertTrue(work.flux.isBusy());
    }
    try (AtWork again = new AtWork(front, home)) {
      assertEquals(Optional.of(State.RELEASED), again.flux.howFar(deposit.id(), 1));
    }
  }

  /** It had begun here, and another was told that this one is silent. */
  @Test
  void whatEndedElsewhereLeavesNothingInStorageWhateverWasDoneWithItHere() throws Exception {
    front.archiveOrNone = Optional.of(Files.createDirectories(front.archive));
    front.script(WAITS);
    answers.put(Step.KEEP, Answer.OVER);
    sendsShared("ran");
    Deposit half = home.deposit("half", "half");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> front.ran().size() == 1);
      assertTrue(work.flux.isBusy());
    }
    Path hidden = Files.writeString(front.storage.resolve(TemporaryName.of(half.id())), "ha");
    Files.writeString(front.storage.resolve(".navette-of somebody's.part"), "not ours");
    try (Session other = home.inside().createSession(true, Session.SESSION_TRANSACTED);
        MessageConsumer has =
            other.createConsumer(other.createQueue(Addresses.deposits(Front.LABO)));
        AtWork again = new AtWork(front, home)) {
      assertNotNull(has.receive(Home.PATIENCE.toMillis()), "another worker has its message");
      again.receives();
      until(() -> front.lines("overtaken").size() == 1);
      until(() -> Files.notExists(hidden));
      assertEquals(Set.of(".navette-of somebody's.part"), Front.names(front.storage));
      assertEquals(1, front.lines("archived").size(), "for people");
      assertEquals(0, front.lines("failed").size());
      assertFalse(again.flux.isBusy());
      other.rollback();
    }
  }

  // --- and places, which the scripts of all fluxes share ---

  /** Another flux's script runs, and no second one may. */
  private Places.Place taken() {
    front.places = new Places(1);
    Places.Place other = front.places.of(new FluxName("other"), Priority.NORMAL, () -> {});
    assertTrue(other.take(front.ids.next()));
    return other;
  }

  private void untilInLine() {
    until(() -> !front.places.waiting(Front.LABO).isEmpty());
  }

  /** Nobody else has it: the flux has given it back. */
  private void untilFree(Places.Place other) {
    until(() -> other.take(front.ids.next()));
  }

  private static void untilNoThread() {
    until(
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("labo lane 1")));
  }

  /** What is asked is not answered before this completes; after that as usual. */
  private CompletableFuture<Optional<Word>> silence() {
    CompletableFuture<Optional<Word>> answer = new CompletableFuture<>();
    front.server =
        (flux, id, round, step) -> {
          asked.add(step);
          return asked.size() == 1
              ? answer
              : CompletableFuture.completedFuture(Optional.of(new Word(1, Answer.GO, "")));
        };
    return answer;
  }

  @Test
  void itAsksOnlyWhenItsScriptHasAPlace() throws Exception {
    Places.Place other = taken();
    sendsShared("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      untilInLine();
      await().during(Duration.ofMillis(700)).until(asked::isEmpty);
      other.leave();
      home.awaitOutcomes(1);
      assertEquals(List.of(Step.BEGIN), List.copyOf(asked));
      assertEquals(List.of("a"), front.ran());
      untilFree(other);
      until(() -> !work.flux.isBusy());
    }
  }

  @Test
  void whileAnotherIsAtItItKeepsNoPlaceAndAsksOnWithoutOne() throws Exception {
    Places.Place other = taken();
    other.leave();
    answers.put(Step.BEGIN, Answer.WAIT);
    sendsShared("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> !asked.isEmpty());
      untilFree(other);
      int before = asked.size();
      until(() -> asked.size() >= before + 3);
      untilNoThread();
      answers.put(Step.BEGIN, Answer.GO);
      untilInLine();
      assertEquals(List.of(), front.ran());
      int inLine = asked.size();
      other.leave();
      home.awaitOutcomes(1);
      assertEquals(inLine + 1, asked.size(), "asked once more, right before the script");
      assertEquals(List.of("a"), front.ran());
      untilFree(other);
      until(() -> !work.flux.isBusy());
    }
  }

  @Test
  void whatEndsElsewhereWhileItStandsInLineIsNotRun() throws Exception {
    Places.Place other = taken();
    other.leave();
    answers.put(Step.BEGIN, Answer.WAIT);
    sendsShared("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> !asked.isEmpty());
      untilFree(other);
      answers.put(Step.BEGIN, Answer.GO);
      untilInLine();
      answers.put(Step.BEGIN, Answer.OVER);
      other.leave();
      until(() -> home.waiting() == 0 && !work.flux.isBusy());
      assertEquals(1, front.lines("ended-elsewhere").size());
      assertEquals(List.of(), front.ran());
      untilFree(other);
    }
  }

  @Test
  void anAnswerThatTakesLongIsAwaitedWithoutPlaceAndThread() throws Exception {
    Places.Place other = taken();
    other.leave();
    CompletableFuture<Optional<Word>> answer = silence();
    sendsShared("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> asked.size() == 1);
      untilFree(other);
      untilNoThread();
      assertTrue(work.flux.isBusy());
      answer.complete(Optional.of(new Word(1, Answer.GO, "")));
      untilInLine();
      assertEquals(List.of(), front.ran());
      other.leave();
      home.awaitOutcomes(1);
      assertEquals(List.of(Step.BEGIN, Step.BEGIN), List.copyOf(asked));
      assertEquals(List.of("a"), front.ran());
      until(() -> !work.flux.isBusy());
    }
  }

  @Test
  void aStopWhileAnAnswerIsAwaitedGivesThePlaceBackAtOnce() throws Exception {
    Places.Place other = taken();
    other.leave();
    CompletableFuture<Optional<Word>> answer = silence();
    sendsShared("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> asked.size() == 1);
      work.flux.stopTaking();
      assertTrue(work.flux.awaitIdle(Duration.ofSeconds(5)));
      untilFree(other);
      answer.complete(Optional.of(new Word(1, Answer.GO, "")));
      await().during(Duration.ofMillis(300)).until(() -> front.ran().isEmpty());
    }
  }

  @Test
  void beforeEachRunItAsksAndWhatHasEndedElsewhereMeanwhileIsNotRunAgain() throws Exception {
    Places.Place other = taken();
    other.leave();
    front.retry = new RetryRules(5, Duration.ofMillis(200), 1, Duration.ofSeconds(1), Set.of(75));
    front.script(Front.COUNTS + "while [ ! -e \"$ROOT/go\" ]; do sleep 0.05; done\nexit 75\n");
    sendsShared("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> front.ran().size() == 1);
      answers.put(Step.BEGIN, Answer.OVER);
      Files.createFile(front.root.resolve("go"));
      until(() -> home.waiting() == 0 && !work.flux.isBusy());
      assertEquals(List.of(Step.BEGIN, Step.BEGIN), List.copyOf(asked));
      assertEquals(1, front.ran().size());
      assertEquals(Set.of(), Front.names(front.storage));
      untilFree(other);
    }
  }

  /** Else it would be told as interrupted, though it has another end. */
  @Test
  void whatWasInterruptedHereIsJudgedOnlyIfNobodyHasBroughtItToItsEnd() throws Exception {
    front.onInterrupt = OnInterrupt.HOLD;
    front.script(WAITS);
    sendsShared("a");
    try (AtWork work = new AtWork(front, home).receives()) {
      until(() -> front.ran().size() == 1);
      assertTrue(work.flux.isBusy());
    }
    answers.put(Step.BEGIN, Answer.OVER);
    try (AtWork again = new AtWork(front, home).receives()) {
      until(() -> front.lines("ended-elsewhere").size() == 1);
      until(() -> home.waiting() == 0 && !again.flux.isBusy());
      assertEquals(1, front.ran().size());
      assertEquals(List.of(), front.lines("failed"));
      assertTrue(front.values("interrupted", "then").stream().allMatch(String::isEmpty));
    }
  }
}
