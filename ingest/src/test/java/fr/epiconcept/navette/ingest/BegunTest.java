package fr.epiconcept.navette.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.begin.Note;
import fr.epiconcept.navette.broker.begin.Note.Answer;
import fr.epiconcept.navette.broker.begin.Note.HowFar;
import fr.epiconcept.navette.broker.begin.Note.May;
import fr.epiconcept.navette.broker.begin.Note.SoFar;
import fr.epiconcept.navette.broker.begin.Note.State;
import fr.epiconcept.navette.broker.begin.Note.Step;
import fr.epiconcept.navette.broker.begin.Note.Word;
import fr.epiconcept.navette.broker.begin.Registering.Addressed;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.log.FluxLogs;
import fr.epiconcept.navette.flux.spool.Records;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BegunTest {
  private static final FluxName FLUX = new FluxName("begun-test");
  private static final FileId ONE = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRS");
  private static final FileId TWO = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRT");
  private static final Duration TAKEOVER = Duration.ofSeconds(30);

  @TempDir Path root;
  private final AtomicLong now = new AtomicLong(-9);
  private final Set<FileId> ended = new HashSet<>();
  private final FluxLogs logs = new FluxLogs();
  private boolean outOfReach;

  /** The number of the question that the owner was asked last. */
  private long lastAsked;

  private Begun begun;

  @BeforeEach
  void start() throws IOException {
    begun =
        new Begun(
            FLUX,
            new Records(root.resolve("begun")),
            (id, round) -> {
              if (outOfReach) {
                throw new IOException("the spool is out of reach");
              }
              return !ended.contains(id);
            },
            TAKEOVER,
            InstantSource.system(),
            now::get,
            logs.open(FLUX, root.resolve("log")));
  }

  @AfterEach
  void close() {
    logs.close();
  }

  private List<Addressed> said(String account, Note note) throws IOException {
    return begun.judge(List.of(new Addressed(account, note)));
  }

  private Answer ask(String account, Step step) throws IOException {
    return ask(account, step, 1);
  }

  private Answer ask(String account, Step step, int round) throws IOException {
    List<Addressed> said = said(account, new May(7, FLUX, ONE, round, step));
    if (said.size() > 1) {
      lastAsked = ((HowFar) said.get(1).note()).number();
    }
    assertEquals(account, said.get(0).account());
    return ((Word) said.get(0).note()).answer();
  }

  private void says(String account, State state) throws IOException {
    assertEquals(List.of(), said(account, new SoFar(lastAsked, FLUX, ONE, 1, state)));
  }

  private void passes(Duration time) {
    now.addAndGet(time.toNanos());
  }

  /** As a worker that waits: it asks twice a second. */
  private Answer waitsFor(Duration time) throws IOException {
    Answer last = Answer.WAIT;
    for (long left = time.toMillis(); left > 0 && last == Answer.WAIT; left -= 500) {
      passes(Duration.ofMillis(500));
      last = ask("b", Step.BEGIN);
    }
    return last;
  }

  @Test
  void whoAsksFirstBeginsAndMayAskAgain() throws IOException {
    assertEquals(Answer.GO, ask("a", Step.BEGIN));
    assertEquals(Answer.GO, ask("a", Step.BEGIN));
  }

  @Test
  void whatOneHasBegunIsOnDiskAndAnotherWaitsAfterARestartToo() throws IOException {
    assertEquals(Answer.GO, ask("a", Step.BEGIN));
    assertTrue(Files.readString(root.resolve("begun").resolve(ONE.value())).contains("by=a"));
    start();
    List<Addressed> said = said("b", new May(7, FLUX, ONE, 1, Step.BEGIN));
    assertEquals(new Addressed("b", new Word(7, Answer.WAIT, "a")), said.get(0));
    assertEquals("a", said.get(1).account());
    assertTrue(said.get(1).note() instanceof HowFar howFar && howFar.id().equals(ONE));
  }

  @Test
  void oneThatSaysItRunsIsWaitedForHoweverLongThatTakes() throws IOException {
    ask("a", Step.BEGIN);
    for (int i = 0; i < 20; i++) {
      assertEquals(Answer.WAIT, waitsFor(TAKEOVER.minusSeconds(1)));
      says("a", i % 2 == 0 ? State.RUNS : State.FINISHED);
    }
    assertEquals(Answer.GO, ask("a", Step.BEGIN));
  }

  @Test
  void oneThatIsSilentCountsAsInterruptedAndWhoTakesOverIsItsOwner() throws IOException {
    ask("a", Step.BEGIN);
    ask("b", Step.BEGIN);
    assertEquals(Answer.WAIT, waitsFor(TAKEOVER));
    assertEquals(Answer.INTERRUPTED, waitsFor(Duration.ofSeconds(1)));
    assertEquals(Answer.INTERRUPTED, ask("b", Step.BEGIN), "asked, not taken");
    assertEquals(Answer.GO, ask("b", Step.TAKE_OVER));
    assertEquals(Answer.WAIT, ask("a", Step.BEGIN), "it comes back");
    assertEquals(Answer.WAIT, ask("a", Step.KEEP));
    assertEquals(Answer.GO, ask("b", Step.KEEP));
  }

  @Test
  void aTakeOverWaitsIfTheOtherIsHeardOfAfterAll() throws IOException {
    ask("a", Step.BEGIN);
    ask("b", Step.BEGIN);
    assertEquals(Answer.INTERRUPTED, waitsFor(TAKEOVER.plusSeconds(1)));
    says("a", State.RUNS);
    assertEquals(Answer.WAIT, ask("b", Step.TAKE_OVER));
  }

  @Test
  void silenceIsCountedOnlyWhileSomebodyAsks() throws IOException {
    ask("a", Step.BEGIN);
    ask("b", Step.BEGIN);
    passes(TAKEOVER.multipliedBy(100));
    assertEquals(Answer.WAIT, ask("c", Step.BEGIN), "nobody has asked a meanwhile");
  }

  @Test
  void oneThatDoesNotKnowHowFarItCameIsInterruptedAtOnce() throws IOException {
    ask("a", Step.BEGIN);
    ask("b", Step.BEGIN);
    says("a", State.INTERRUPTED);
    assertEquals(Answer.INTERRUPTED, ask("b", Step.BEGIN));
    assertEquals(Answer.GO, ask("b", Step.TAKE_OVER));
  }

  @Test
  void whatIsReleasedAnotherBegins() throws IOException {
    ask("a", Step.BEGIN);
    ask("b", Step.BEGIN);
    says("a", State.RELEASED);
    assertEquals(Answer.GO, ask("b", Step.BEGIN));
    assertEquals(Answer.WAIT, ask("a", Step.BEGIN));
  }

  @Test
  void aReleaseIsForgottenOnceItsWorkerAsksAgain() throws IOException {
    ask("a", Step.BEGIN);
    ask("b", Step.BEGIN);
    says("a", State.RELEASED);
    assertEquals(Answer.GO, ask("a", Step.BEGIN));
    assertEquals(Answer.WAIT, ask("b", Step.BEGIN));
  }

  @Test
  void aReleaseThatWasOnItsWayWhenItsWorkerBeganSaysNothing() throws IOException {
    ask("a", Step.BEGIN);
    ask("b", Step.BEGIN);
    long before = lastAsked;
    assertEquals(Answer.GO, ask("a", Step.BEGIN));
    assertEquals(Answer.WAIT, ask("b", Step.BEGIN));
    lastAsked = before;
    says("a", State.RELEASED);
    assertEquals(Answer.WAIT, ask("b", Step.BEGIN));
  }

  @Test
  void onlyTheOwnersWordCounts() throws IOException {
    ask("a", Step.BEGIN);
    ask("b", Step.BEGIN);
    says("c", State.RELEASED);
    says("b", State.RELEASED);
    assertEquals(Answer.WAIT, ask("b", Step.BEGIN));
  }

  @Test
  void whatHasEndedIsOverForEverybody() throws IOException {
    ask("a", Step.BEGIN);
    ended.add(ONE);
    begun.ended(ONE);
    assertEquals(Answer.OVER, ask("b", Step.BEGIN));
    assertEquals(Answer.OVER, ask("b", Step.TAKE_OVER));
    assertEquals(Answer.OVER, ask("a", Step.KEEP));
    assertFalse(Files.exists(root.resolve("begun").resolve(ONE.value())));
  }

  @Test
  void anotherRoundIsBegunAnew() throws IOException {
    ask("a", Step.BEGIN);
    assertEquals(Answer.GO, ask("b", Step.BEGIN, 2));
    assertEquals(Answer.WAIT, ask("a", Step.BEGIN, 2));
  }

  @Test
  void manyThatComeTogetherAreJudgedInTheirOrder() throws IOException {
    List<Addressed> said =
        begun.judge(
            List.of(
                new Addressed("a", new May(1, FLUX, ONE, 1, Step.BEGIN)),
                new Addressed("b", new May(2, FLUX, ONE, 1, Step.BEGIN)),
                new Addressed("b", new May(3, FLUX, TWO, 1, Step.BEGIN))));
    assertEquals(
        List.of(
            new Addressed("a", new Word(1, Answer.GO, "")),
            new Addressed("b", new Word(2, Answer.WAIT, "a")),
            new Addressed("b", new Word(3, Answer.GO, ""))),
        said.stream().filter(each -> each.note() instanceof Word).toList());
  }

  @Test
  void whatCannotBeKnownIsNotJudged() {
    outOfReach = true;
    assertThrows(IOException.class, () -> ask("a", Step.BEGIN));
  }

  @Test
  void whatACrashLeftOfAnEndedDepositIsRemoved() throws IOException {
    ask("a", Step.BEGIN);
    begun.expire();
    assertTrue(Files.exists(root.resolve("begun").resolve(ONE.value())));
    ended.add(ONE);
    begun.expire();
    assertFalse(Files.exists(root.resolve("begun").resolve(ONE.value())));
  }
}
