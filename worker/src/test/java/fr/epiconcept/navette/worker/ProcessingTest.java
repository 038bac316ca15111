package fr.epiconcept.navette.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.message.Parcel.Deposit;
import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.flux.Checkpoint;
import fr.epiconcept.navette.flux.Checkpoint.Step;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.config.RetryRules;
import fr.epiconcept.navette.flux.config.WorkerSection.OnInterrupt;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.Hashing;
import fr.epiconcept.navette.flux.file.KeptFolder;
import fr.epiconcept.navette.worker.Front.Parts;
import fr.epiconcept.navette.worker.Progress.Finished;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.jms.JMSException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The way of one deposit, by a delivery that goes as the test says. */
class ProcessingTest {
  private static final String CONTENT = "MSH|^~\\&|LABO\n";

  @TempDir static Path homeRoot;
  private static Home home;

  @TempDir Path root;
  private Front front;
  private Deposit deposit;

  @BeforeAll
  static void startHome() throws Exception {
    home = new Home(homeRoot);
  }

  @AfterAll
  static void stopHome() throws Exception {
    home.close();
  }

  @BeforeEach
  void front() throws Exception {
    front = new Front(root);
    deposit = home.deposit("a.hl7", CONTENT);
  }

  @AfterEach
  void close() {
    front.close();
  }

  private Handed handed(Parts parts) throws Exception {
    return new Handed(home.message(deposit, CONTENT), parts);
  }

  /** One delivery to a daemon that was just started. */
  private Handed deliver() throws Exception {
    Parts parts = front.parts();
    Handed delivery = handed(parts);
    delivery.take(deposit);
    return delivery;
  }

  private void deliverAndDie(Step step) throws Exception {
    Parts parts = front.parts(Crash.at(step));
    Handed delivery = new Handed(home.message(deposit, CONTENT), parts, Crash.at(step));
    assertThrows(Crash.class, () -> delivery.take(deposit));
  }

  private String field(String event, String key) throws Exception {
    return front.values(event, key).get(0);
  }

  // --- the straight way ---

  @Test
  void aDepositIsStoredReceiptedRunAndItsEndIsToldWithItsAnswer() throws Exception {
    Handed delivery = deliver();
    assertEquals(List.of("receipt", "answer ack-a.hl7: seen a.hl7", "PROCESSED"), delivery.told);
    assertEquals(List.of("a.hl7"), front.ran());
    assertEquals(CONTENT, Files.readString(front.storage.resolve("a.hl7")));
    assertEquals(Set.of("a.hl7"), Front.names(front.storage), "no hidden file is left");
    assertEquals(Set.of(), Front.names(front.out), "no folder of a run is left");
    assertEquals(List.of("received", "started", "processed"), front.events(deposit.id()));
  }

  // --- sub-folders ---

  private void inSubFolder() {
    deposit = deposit.from(SubFolder.decode("a/b"));
    front.archiveOrNone = Optional.of(front.archive);
  }

  @Test
  void aDepositOfASubFolderKeepsItInStorageAndArchive() throws Exception {
    inSubFolder();
    front.script(
        "echo \"$NAVETTE_SUBFOLDER ${NAVETTE_FILE#$ROOT/} $NAVETTE_NAME\" >\"$ROOT/told\"\n");
    deliver();
    assertEquals("a/b storage/a/b/a.hl7 a.hl7\n", Files.readString(root.resolve("told")));
    assertEquals("a/b/a.hl7", field("received", "name"));
    Path kept =
        new KeptFolder(front.archive, java.time.ZoneOffset.UTC).place(deposit.id(), deposit.path());
    assertTrue(kept.endsWith(deposit.id() + "/a/b/a.hl7"), kept.toString());
    assertEquals(CONTENT, Files.readString(kept));
    assertTrue(Files.isDirectory(front.storage.resolve("a/b")), "folders stay");
  }

  @Test
  void aScriptMayTakeTheFileAlongWithItsFolder() throws Exception {
    inSubFolder();
    front.script("mv \"$ROOT/storage/a\" \"$ROOT/taken\"\n");
    assertEquals(List.of("receipt", "PROCESSED"), deliver().told);
    assertEquals("nowhere: the script had taken it", field("archived", "to"));
  }

  @Test
  void aLinkThatAScriptPutsInAFoldersPlaceTakesNoFileOfAnother() throws Exception {
    inSubFolder();
    Path theirs = Files.createDirectories(root.resolve("strangers/b")).resolve("a.hl7");
    Files.writeString(theirs, "another's");
    front.script(
        "mv \"$ROOT/storage/a\" \"$ROOT/taken\"; ln -s \"$ROOT/strangers\" \"$ROOT/storage/a\"\n");
    assertEquals(List.of("receipt", "PROCESSED"), deliver().told);
    assertEquals("another's", Files.readString(theirs));
  }

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {"WRITTEN", "LANDING", "LANDED", "STARTED", "FINISHED", "ANSWERED"})
  void whereverItDiesADepositOfASubFolderIsStoredOnce(Step step) throws Exception {
    inSubFolder();
    deliverAndDie(step);
    deliver();
    try (Stream<Path> all = Files.walk(front.archive)) {
      assertEquals(1, all.filter(Files::isRegularFile).count());
    }
    try (Stream<Path> all = Files.walk(front.storage)) {
      assertEquals(List.of(), all.filter(Files::isRegularFile).toList());
    }
  }

  @Test
  void theLogTellsTheBytesThatWereReceived() throws Exception {
    deliver();
    assertEquals(Integer.toString(CONTENT.length()), field("received", "bytes"));
    assertEquals(sha256(CONTENT), field("received", "sha256"));
    assertEquals(front.storage.resolve("a.hl7").toString(), field("received", "to"));
  }

  private static String sha256(String text) {
    return HexFormat.of()
        .formatHex(Hashing.newDigest().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void theFileStandsWithModeAndTimeBeforeTheScriptSeesIt() throws Exception {
    front.script("stat -c '%a %Y' \"$NAVETTE_FILE\" >\"$ROOT/looks\"; cat >\"$ROOT/input\"\n");
    deliver();
    assertEquals(
        "640 " + deposit.modified().getEpochSecond() + "\n",
        Files.readString(root.resolve("looks")));
    assertEquals("", Files.readString(root.resolve("input")), "its input is empty");
  }

  @Test
  void aProcessedFileGoesToTheArchiveWhereTheFluxHasOne() throws Exception {
    front.archiveOrNone = Optional.of(front.archive);
    deliver();
    assertEquals(Set.of(), Front.names(front.storage));
    assertEquals(CONTENT, Files.readString(Path.of(field("archived", "to"))));
  }

  @Test
  void aFaultyArchiveIsTriedAgainAndNeverLeadsBackToTheScript() throws Exception {
    front.archiveOrNone = Optional.of(front.archive);
    Files.writeString(front.archive, "a file stands where the folder should be");
    Parts parts = front.parts();
    Handed delivery = handed(parts);
    delivery.goesOn =
        rest -> {
          if (delivery.rests.size() == 3 && Files.isRegularFile(front.archive)) {
            delete(front.archive);
          }
          return true;
        };
    delivery.take(deposit);
    assertEquals(3, delivery.rests.size());
    assertEquals(List.of("a.hl7"), front.ran());
    assertTrue(Files.exists(Path.of(field("archived", "to"))));
  }

  @Test
  void aDeliveryThatEndsBeforeTheArchiveIsWellIsFinishedByTheNext() throws Exception {
    front.archiveOrNone = Optional.of(front.archive);
    Files.writeString(front.archive, "a file stands where the folder should be");
    Parts parts = front.parts();
    Handed cut = handed(parts);
    cut.goesOn = Duration::isZero;
    assertEquals(Optional.empty(), cut.take(deposit));
    assertEquals(List.of("receipt"), cut.told);

    Files.delete(front.archive);
    assertEquals("PROCESSED", deliver().told.get(2));
    assertEquals(List.of("a.hl7"), front.ran());
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  // --- ends ---

  @Test
  void aScriptThatSaysNoFailsItsFileWithExitAndReason() throws Exception {
    front.script(Front.COUNTS + "exit 3\n");
    Parts parts = front.parts();
    Finished end = handed(parts).take(deposit).orElseThrow();
    assertEquals(Result.FAILED, end.result());
    assertEquals(Optional.of(3), end.exit());
    assertEquals("the script answered 3", end.reason());
    assertEquals(1, end.attempts());
    assertEquals("3", field("failed", "exit"));
  }

  @Test
  void aScriptThatHangsFailsItsFileAtTheTimeout() throws Exception {
    front.timeout = Duration.ofMillis(300);
    front.script("sleep 60\n");
    Parts parts = front.parts();
    Finished end = handed(parts).take(deposit).orElseThrow();
    assertEquals(Optional.of(124), end.exit());
    assertEquals("the script ran into its timeout", end.reason());
    assertTrue(end.duration().toMillis() >= 300, end.toString());
  }

  @Test
  void anAnswerOfAFileThatFailedGoesHomeToo() throws Exception {
    front.script(Front.ANSWERS + "exit 3\n");
    assertEquals(List.of("receipt", "answer ack-a.hl7: seen a.hl7", "FAILED"), deliver().told);
  }

  // --- again later ---

  private static final String THIRD_TIME_GOOD =
      Front.COUNTS + "[ \"$NAVETTE_ATTEMPT\" = 3 ] || exit 75\n" + Front.ANSWERS;

  @Test
  void aScriptThatAsksForItIsRunAgainAfterEachDelayUntilItSaysYes() throws Exception {
    front.clock = () -> Instant.parse("2026-11-23T10:00:00Z");
    front.script(THIRD_TIME_GOOD);
    Handed delivery = deliver();
    assertEquals(List.of(Duration.ofSeconds(10), Duration.ofSeconds(20)), delivery.rests);
    assertEquals(3, front.ran().size());
    assertEquals("3", field("processed", "attempts"));
    assertEquals(List.of("10.000s", "20.000s"), front.values("again-later", "again-in"));
  }

  @Test
  void afterTheLastAttemptAgainLaterIsAFailure() throws Exception {
    front.retry = new RetryRules(2, Duration.ofSeconds(1), 2, Duration.ofSeconds(9), Set.of(75));
    front.script(Front.COUNTS + "exit 75\n");
    assertEquals(List.of("receipt", "FAILED"), deliver().told);
    assertEquals(2, front.ran().size());
    assertEquals("the script answered 75, for the last of 2 attempts", field("failed", "reason"));
  }

  @Test
  void theTimeOfTheNextRunSurvivesARestart() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T10:00:00Z"));
    front.clock = now::get;
    front.script(THIRD_TIME_GOOD);
    Parts parts = front.parts();
    Handed cut = handed(parts);
    cut.goesOn = Duration::isZero;
    assertEquals(Optional.empty(), cut.take(deposit));
    assertEquals(List.of(Duration.ofSeconds(10)), cut.rests);

    now.set(now.get().plusSeconds(4));
    Handed next = deliver();
    assertEquals(List.of(Duration.ofSeconds(6), Duration.ofSeconds(20)), next.rests);
    assertEquals(3, front.ran().size(), "attempts are counted over the restart");
  }

  @Test
  void aTimeThatPassedWhileTheDaemonWasDownIsNotWaitedForOnceMore() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T10:00:00Z"));
    front.clock = now::get;
    front.script(THIRD_TIME_GOOD);
    Parts parts = front.parts();
    Handed cut = handed(parts);
    cut.goesOn = Duration::isZero;
    cut.take(deposit);

    now.set(now.get().plusSeconds(3600));
    assertEquals(List.of(Duration.ofSeconds(20)), deliver().rests);
  }

  @Test
  void aClockThatWasSetBackMakesNobodyWaitLongerThanTheLongestDelay() throws Exception {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-23T10:00:00Z"));
    front.clock = now::get;
    front.script(THIRD_TIME_GOOD);
    Parts parts = front.parts();
    Handed cut = handed(parts);
    cut.goesOn = Duration::isZero;
    cut.take(deposit);

    now.set(now.get().minus(Duration.ofDays(365)));
    assertEquals(front.retry.maxDelay(), deliver().rests.get(0));
  }

  @Test
  void anAnswerOfARunThatIsRepeatedIsThrownAwayAndSaid() throws Exception {
    front.clock = () -> Instant.parse("2026-11-23T10:00:00Z");
    front.script(
        """
        echo run $NAVETTE_ATTEMPT >"$NAVETTE_OUT/of-$NAVETTE_ATTEMPT"
        [ "$NAVETTE_ATTEMPT" = 2 ] || exit 75
        """);
    assertEquals(List.of("receipt", "answer of-2: run 2", "PROCESSED"), deliver().told);
    assertEquals(List.of("of-1"), front.values("answer-discarded", "name"));
  }

  /** The kernel stamps files by a clock of ticks, which lags behind the one that programs read. */
  @Test
  void whatAScriptPutsIntoOutAtOnceIsItsOwnThoughTheClockOfFilesLagsBehind() throws Exception {
    front.clock = () -> Instant.now().plusSeconds(1);
    front.script("echo x >\"$ROOT/out/direct\"\n");
    AtomicReference<CurrentRun> current = new AtomicReference<>();
    AtomicReference<Optional<FileId>> wroteIt = new AtomicReference<>();
    Parts parts =
        front.parts(
            (step, id) -> {
              if (step == Step.RAN) {
                wroteIt.set(current.get().wrote(looks(front.out.resolve("direct"))));
              }
            });
    current.set(parts.current());
    handed(parts).take(deposit);
    assertEquals(Optional.of(deposit.id()), wroteIt.get());
  }

  private static FileIdentity looks(Path file) {
    try {
      return FileIdentity.of(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // --- a script that cannot be started ---

  @Test
  void aMissingScriptIsWaitedForWithoutCountingAnAttempt() throws Exception {
    front.clock = () -> Instant.parse("2026-11-23T10:00:00Z");
    Path script = root.resolve("script");
    Path away = Files.move(script, root.resolve("script.away"));
    Parts parts = front.parts();
    Handed delivery = handed(parts);
    delivery.goesOn =
        rest -> {
          if (delivery.rests.size() == 4 && Files.exists(away)) {
            move(away, script);
          }
          return true;
        };
    Finished end = delivery.take(deposit).orElseThrow();
    assertEquals(Result.PROCESSED, end.result());
    assertEquals(1, end.attempts());
    assertEquals(4, front.lines("script-not-started").size());
    assertEquals(
        List.of(1L, 2L, 4L, 8L), delivery.rests.stream().map(Duration::toSeconds).toList());
  }

  @Test
  void aScriptThatWasThereMeanwhileIsWaitedForAMomentAgain() throws Exception {
    front.clock = () -> Instant.parse("2026-11-23T10:00:00Z");
    Path script = root.resolve("script");
    Path away = Files.move(script, root.resolve("script.away"));
    Parts parts = front.parts();
    Handed first = handed(parts);
    first.goesOn =
        rest -> {
          if (first.rests.size() == 6 && Files.exists(away)) {
            move(away, script);
          }
          return true;
        };
    first.take(deposit);

    Files.move(script, away);
    deposit = home.deposit("b.hl7", CONTENT);
    Handed second = handed(parts);
    second.goesOn = rest -> second.rests.isEmpty();
    second.take(deposit);
    assertEquals(List.of(Duration.ofSeconds(1)), second.rests);
  }

  @Test
  void aScriptThatIsMissingForDaysIsTriedEveryTwoMinutesAndNeverGivenUp() throws Exception {
    front.clock = () -> Instant.parse("2026-11-23T10:00:00Z");
    Files.delete(root.resolve("script"));
    Parts parts = front.parts();
    Handed delivery = handed(parts);
    delivery.goesOn = rest -> delivery.rests.size() < 30;
    assertEquals(Optional.empty(), delivery.take(deposit));
    assertEquals(Duration.ofMinutes(2), delivery.rests.get(29));
    assertEquals(List.of("receipt"), delivery.told);

    front.script(Front.COUNTS);
    assertEquals(List.of("receipt", "PROCESSED"), deliver().told);
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  // --- interrupted ---

  @Test
  void aRunThatACrashCutIsRepeatedWhereTheFluxSaysRerun() throws Exception {
    deliverAndDie(Step.RAN);
    Handed again = deliver();
    assertEquals(List.of("receipt", "answer ack-a.hl7: seen a.hl7", "PROCESSED"), again.told);
    assertEquals(2, front.ran().size());
    assertEquals("rerun", field("interrupted", "then"));
    assertEquals("2", field("processed", "attempts"));
  }

  @Test
  void aRunThatACrashCutIsLeftToAPersonWhereTheFluxSaysHold() throws Exception {
    front.onInterrupt = OnInterrupt.HOLD;
    front.script(Front.COUNTS + "echo half > \"$NAVETTE_OUT/half\"\n");
    deliverAndDie(Step.RAN);
    Handed again = deliver();
    assertEquals(1, front.ran().size());
    assertEquals(List.of("receipt", "INTERRUPTED"), again.told, "no answer of such a run");
    assertEquals("half", field("answer-discarded", "name"));
  }

  @Test
  void aFileThatKillsTheDaemonEachTimeEndsAsInterrupted() throws Exception {
    front.retry = new RetryRules(3, Duration.ofSeconds(1), 2, Duration.ofSeconds(9), Set.of(75));
    for (int i = 0; i < 3; i++) {
      deliverAndDie(Step.RAN);
    }
    Handed last = deliver();
    assertEquals("INTERRUPTED", last.told.get(last.told.size() - 1));
    assertEquals(3, front.ran().size());
    assertTrue(field("interrupted", "attempt").equals("1"));
  }

  @Test
  void aFileThatAnInterruptedRunTookAwayIsPutDownOnceMoreForTheRunThatRepeatsIt() throws Exception {
    front.script(Front.COUNTS + "mv \"$NAVETTE_FILE\" \"$ROOT/taken\"\n");
    deliverAndDie(Step.RAN);
    assertEquals(Set.of(), Front.names(front.storage));
    assertEquals(List.of("receipt", "PROCESSED"), deliver().told);
    assertEquals(2, front.ran().size());
    assertEquals(1, front.lines("stored-again").size());
    assertEquals(CONTENT, Files.readString(root.resolve("taken")));
  }

  @Test
  void whatTheOrphanOfADeadDaemonWritesDuringTheRerunIsNoAnswer() throws Exception {
    front.script("echo \"$NAVETTE_OUT\" >\"$ROOT/first\"\n");
    deliverAndDie(Step.RAN);
    front.script(
        """
        mkdir -p "$(cat "$ROOT/first")"
        echo orphan >"$(cat "$ROOT/first")/orphan"
        echo rerun >"$NAVETTE_OUT/ack"
        """);
    assertEquals(List.of("receipt", "answer ack: rerun", "PROCESSED"), deliver().told);
    assertEquals(Set.of(), Front.names(front.out));
  }

  // --- the delivery ends ---

  @Test
  void noScriptStartsForADeliveryThatIsOver() throws Exception {
    Parts parts = front.parts();
    Handed over = handed(parts);
    over.goesOn = rest -> false;
    assertEquals(Optional.empty(), over.take(deposit));
    assertEquals(List.of(), front.ran());
    assertEquals(List.of("receipt"), over.told);
    assertEquals(List.of("receipt", "answer ack-a.hl7: seen a.hl7", "PROCESSED"), deliver().told);
  }

  @Test
  void whatIsFinishedIsNeverRunAgainHoweverOftenItComes() throws Exception {
    Parts parts = front.parts();
    Handed lost = handed(parts);
    lost.settles = false;
    assertThrows(JMSException.class, () -> lost.take(deposit));
    for (int i = 0; i < 3; i++) {
      Handed again = deliver();
      assertEquals("PROCESSED", again.told.get(again.told.size() - 1));
    }
    assertEquals(List.of("a.hl7"), front.ran());
    assertEquals(1, front.lines("received").size());
    assertEquals(Set.of("a.hl7"), Front.names(front.storage));
  }

  @Test
  void answersThatCouldNotBeSettledGoWithTheNextDelivery() throws Exception {
    Parts parts = front.parts();
    Handed lost = handed(parts);
    lost.settles = false;
    assertThrows(JMSException.class, () -> lost.take(deposit));
    assertEquals(List.of("receipt", "answer ack-a.hl7: seen a.hl7", "PROCESSED"), deliver().told);
  }

  @Test
  void aFileThatComesAgainAfterTheFileServerConfirmedItIsAnsweredFromItsMark() throws Exception {
    deliver();
    front.parts().marks().close(deposit.id());
    assertEquals(List.of("receipt", "PROCESSED"), deliver().told);
    assertEquals(1, front.ran().size());
  }

  // --- rounds ---

  @Test
  void aDeadLetterThatIsSentBackIsStoredAndRunOnceMore() throws Exception {
    front.script(Front.COUNTS + "mv \"$NAVETTE_FILE\" \"$ROOT/taken\"; exit 3\n");
    deliver();
    front.script(Front.COUNTS);
    deposit = Home.deposit(deposit.id(), "a.hl7", CONTENT, 2);
    assertEquals(List.of("receipt", "PROCESSED"), deliver().told);
    assertEquals(2, front.ran().size());
    assertEquals("1", field("processed", "attempts"));
    assertEquals(List.of("receipt", "PROCESSED"), deliver().told);
    assertEquals(2, front.ran().size(), "that round has its end, too");
  }

  @Test
  void aLaterRoundThatIsTheFirstWhichThisWorkerSeesIsRunOnceToo() throws Exception {
    deposit = Home.deposit(deposit.id(), "a.hl7", CONTENT, 3);
    deliver();
    assertEquals("PROCESSED", deliver().told.get(1));
    assertEquals(List.of("a.hl7"), front.ran());
    assertEquals(3, Progress.of(front.parts().marks().read(deposit.id())).round());
  }

  // --- crashes ---

  @ParameterizedTest
  @EnumSource(
      value = Step.class,
      names = {
        "RECEIVING",
        "WRITTEN",
        "LANDING",
        "LANDED",
        "RECEIPTED",
        "STARTED",
        "RAN",
        "FINISHED",
        "ANSWERED",
        "SETTLING",
        "SETTLED"
      })
  void whereverTheDaemonDiesTheFileIsStoredOnceAndRunOnceOrKnownAsInterrupted(Step step)
      throws Exception {
    deliverAndDie(step);
    Handed next = deliver();

    boolean inDoubt = step == Step.STARTED || step == Step.RAN;
    assertEquals(inDoubt ? 1 : 0, front.lines("interrupted").size());
    assertEquals(step == Step.RAN ? 2 : 1, front.ran().size());
    assertEquals(Set.of("a.hl7"), Front.names(front.storage), "stored once");
    assertEquals(CONTENT, Files.readString(front.storage.resolve("a.hl7")));
    assertEquals("PROCESSED", next.told.get(next.told.size() - 1));
    assertEquals(Set.of(), Front.names(front.out));
    // Between the line and the start nobody knows whether it was said.
    assertEquals(step == Step.RECEIPTED ? 2 : 1, front.lines("received").size());

    List<String> answers = new ArrayList<>(next.told);
    answers.removeIf(word -> !word.startsWith("answer"));
    boolean settledBefore = step == Step.SETTLED;
    // After SETTLED the broker has it and the spool does not know: sent again at worst, by its id.
    assertEquals(List.of("answer ack-a.hl7: seen a.hl7"), answers, "settled: " + settledBefore);
  }

  @Test
  void aFileThatLandedInACrashIsToldWithItsBytesOnceHoweverOftenItComesAgain() throws Exception {
    deliverAndDie(Step.LANDED);
    for (int i = 0; i < 3; i++) {
      deliverAndDie(Step.RECEIPTED);
    }
    deliver();
    assertEquals(1, front.lines("received").size());
    assertEquals(Integer.toString(CONTENT.length()), field("received", "bytes"));
    assertEquals(sha256(CONTENT), field("received", "sha256"));
    assertEquals(front.storage.resolve("a.hl7").toString(), field("received", "to"));
  }

  @Test
  void aDaemonThatDiesTwiceAtDifferentStepsStillRunsTheScriptOnce() throws Exception {
    deliverAndDie(Step.LANDED);
    deliverAndDie(Step.FINISHED);
    deliverAndDie(Step.ANSWERED);
    deliverAndDie(Step.SETTLING);
    assertEquals("PROCESSED", deliver().told.get(2));
    assertEquals(1, front.ran().size());
  }

  // --- payloads ---

  @Test
  void wrongBytesAreNeverStoredNorRunAndGivenUpTheThirdTime() throws Exception {
    Parts parts = front.parts();
    Deposit longer = Home.deposit(deposit.id(), "a.hl7", CONTENT + "x", 1);
    for (int delivery = 1; delivery < 3; delivery++) {
      Handed handed = handed(parts);
      assertEquals(Optional.empty(), handed.take(longer));
      assertEquals(List.of(), handed.told);
    }
    Handed last = handed(parts);
    assertTrue(last.take(longer).isPresent());
    assertEquals(List.of("FAILED"), last.told);
    assertEquals(Set.of(), Front.names(front.storage));
    assertEquals(List.of(), front.ran());
  }

  /** Its bytes come wrong three times; the last delivery is told. */
  private void giveUp(Parts parts, Handed last) throws Exception {
    Deposit longer = Home.deposit(deposit.id(), "a.hl7", CONTENT + "x", 1);
    assertEquals(Optional.empty(), handed(parts).take(longer));
    assertEquals(Optional.empty(), handed(parts).take(longer));
    last.take(longer);
  }

  @Test
  void aFileThatWasGivenUpIsMarkedAndToldTheSameWayByARedelivery() throws Exception {
    Parts parts = front.parts();
    Handed lost = handed(parts);
    lost.settles = false;
    assertThrows(JMSException.class, () -> giveUp(parts, lost));

    Parts next = front.parts();
    Handed again = handed(next);
    Finished end = again.take(deposit).orElseThrow();
    assertTrue(end.reason().startsWith("corrupt: "), end.reason());
    assertEquals(List.of("FAILED"), again.told, "no receipt for what never was whole here");
    assertEquals(List.of(), front.ran());
    assertEquals(1, Progress.of(next.marks().read(deposit.id())).round());
  }

  @Test
  void aFileThatWasGivenUpIsRunWhenItIsSentBack() throws Exception {
    Parts parts = front.parts();
    giveUp(parts, handed(parts));
    deposit = Home.deposit(deposit.id(), "a.hl7", CONTENT, 2);
    assertEquals("PROCESSED", deliver().told.get(2));
    assertEquals(List.of("a.hl7"), front.ran());
  }

  @Test
  void anEmptyFileWithANameOfSpacesAndQuotesIsAFileLikeAnyOther() throws Exception {
    String name = "$(touch owned) 'a' \"b\"\n-rf;é";
    deposit = home.deposit(name, "");
    front.script("printf %s \"$1\" >\"$ROOT/name\"; : >\"$NAVETTE_OUT/ok\"\n");
    Parts parts = front.parts();
    Handed delivery = new Handed(home.message(deposit, ""), parts);
    delivery.take(deposit);
    assertEquals(List.of("receipt", "answer ok:", "PROCESSED"), trimmed(delivery.told));
    assertEquals(
        FileName.of(name).in(front.storage).toString(), Files.readString(root.resolve("name")));
    assertFalse(Files.exists(root.resolve("owned")));
  }

  private static List<String> trimmed(List<String> words) {
    return words.stream().map(String::strip).toList();
  }

  @Test
  void theCheckpointsOfADepositAreReachedInTheOrderOfItsWay() throws Exception {
    List<Step> steps = new ArrayList<>();
    Checkpoint notes = (step, id) -> steps.add(step);
    Parts parts = front.parts(notes);
    new Handed(home.message(deposit, CONTENT), parts, notes).take(deposit);
    assertEquals(
        List.of(
            Step.RECEIVING,
            Step.WRITTEN,
            Step.LANDING,
            Step.LANDED,
            Step.RECEIPTED,
            Step.STARTED,
            Step.RAN,
            Step.FINISHED,
            Step.ANSWERED,
            Step.SETTLING,
            Step.SETTLED),
        steps);
  }
}
