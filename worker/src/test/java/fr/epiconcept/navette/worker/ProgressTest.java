package fr.epiconcept.navette.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.message.Parcel.Outcome.Result;
import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileIds;
import fr.epiconcept.navette.flux.marks.MarkLine;
import fr.epiconcept.navette.flux.marks.Marks;
import fr.epiconcept.navette.worker.Progress.Finished;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProgressTest {
  private static final MarkLine LANDING = MarkLine.of("landing", "folder", "/s", "name", "a");
  private static final Instant AT = Instant.parse("2026-11-23T10:15:30.123456789Z");
  private static final Finished SAID_NO =
      new Finished(
          Result.FAILED, Optional.of(3), Duration.ofMillis(69), 2, "the script said=no \n 100%");

  @TempDir Path folder;

  private static Progress after(MarkLine... lines) {
    return Progress.of(List.of(lines));
  }

  @Test
  void ofAFileThatNobodyKnowsNothingIsKnown() {
    assertEquals(0, after().round());
    assertFalse(after().running());
    assertEquals(0, after().attempts());
  }

  @Test
  void aFileThatOnlyLandedIsInItsFirstRoundAndWasNeverRun() {
    Progress progress = after(LANDING);
    assertEquals(1, progress.round());
    assertEquals(0, progress.attempts());
    assertFalse(progress.running());
  }

  @Test
  void whatWasStartedAndHasNoEndMayBeRunning() {
    Progress progress = after(LANDING, Progress.started(1, AT));
    assertTrue(progress.running());
    assertEquals(1, progress.attempts());
    assertEquals(Optional.empty(), progress.finished());
  }

  @Test
  void againLaterEndsTheRunAndSaysWhenTheNextOneIs() {
    Progress progress = after(LANDING, Progress.started(1, AT), Progress.later(1, 75, AT));
    assertFalse(progress.running());
    assertEquals(Optional.of(AT), progress.againAt());
    assertEquals(1, progress.attempts());
  }

  @Test
  void theNextRunForgetsWhenItWasToBe() {
    Progress progress =
        after(LANDING, Progress.started(1, AT), Progress.later(1, 75, AT), Progress.started(2, AT));
    assertTrue(progress.running());
    assertEquals(Optional.empty(), progress.againAt());
    assertEquals(2, progress.attempts());
  }

  @Test
  void aStartThatFailedIsTakenBackAndCountsAsNoAttempt() {
    Progress progress = after(LANDING, Progress.started(1, AT), Progress.later(0, 0, AT));
    assertFalse(progress.running());
    assertEquals(0, progress.attempts());
  }

  @Test
  void aRunThatTheDaemonEndedIsStillInDoubt() {
    Progress progress = after(LANDING, Progress.started(1, AT), Progress.interrupted(1));
    assertTrue(progress.running(), "the next delivery follows on-interrupt");
    assertEquals(1, progress.attempts());
  }

  @ParameterizedTest
  @EnumSource(Result.class)
  void anEndIsReadAsItWasWritten(Result result) {
    Finished end = new Finished(result, Optional.empty(), Duration.ofMillis(1234), 7, "");
    Progress progress = after(LANDING, Progress.started(7, AT), Progress.finished(end));
    assertEquals(Optional.of(end), progress.finished());
    assertFalse(progress.running());
  }

  @Test
  void anEndWithoutALandingIsOfTheFirstRound() {
    assertEquals(1, after(Progress.finished(SAID_NO)).round());
  }

  @Test
  void aReasonOfAnyLettersSurvivesTheMark() throws Exception {
    Marks marks = new Marks(folder);
    FileId id = new FileIds(InstantSource.system()).next();
    marks.write(id, LANDING);
    marks.write(id, Progress.finished(SAID_NO));
    assertEquals(Optional.of(SAID_NO), Progress.of(marks.read(id)).finished());
  }

  @Test
  void aLaterRoundBeginsAnew() {
    Progress progress =
        after(LANDING, Progress.started(1, AT), Progress.finished(SAID_NO), Progress.again(2));
    assertEquals(2, progress.round());
    assertEquals(0, progress.attempts());
    assertEquals(Optional.empty(), progress.finished());
    assertFalse(progress.running());
  }

  @Test
  void whatLandedIsUntoldUntilTheNextMark() {
    assertTrue(after(LANDING).untold());
    assertFalse(after(LANDING, Progress.received()).untold());
    assertFalse(after(LANDING, Progress.started(1, AT)).untold());
    assertFalse(after(LANDING, Progress.started(1, AT), Progress.later(0, 0, AT)).untold());
    assertTrue(after(LANDING, Progress.started(1, AT), Progress.again(1), LANDING).untold());
  }

  @Test
  void aFluxIsHeldForAnEndOnceInEachRound() {
    assertFalse(after(LANDING, Progress.finished(SAID_NO)).held());
    assertTrue(after(LANDING, Progress.finished(SAID_NO), Progress.hold()).held());
    assertFalse(
        after(LANDING, Progress.finished(SAID_NO), Progress.hold(), Progress.again(2)).held());
  }

  @Test
  void puttingAFileDownOnceMoreInItsRoundForgetsNoAttempt() {
    Progress progress = after(LANDING, Progress.started(1, AT), Progress.again(1), LANDING);
    assertEquals(1, progress.round());
    assertEquals(1, progress.attempts());
    assertTrue(progress.running());
  }

  @Test
  void landingInALaterRoundDoesNotLeadBackToTheFirst() {
    Progress progress = after(LANDING, Progress.again(3), LANDING, Progress.started(1, AT));
    assertEquals(3, progress.round());
    assertEquals(1, progress.attempts());
  }

  @Test
  void aTornLastLineWasPromisedToNobody() throws Exception {
    Marks marks = new Marks(folder);
    FileId id = new FileIds(InstantSource.system()).next();
    marks.write(id, LANDING);
    marks.write(id, Progress.started(1, AT));
    Path mark = folder.resolve("open").resolve(id.value());
    String end = Progress.finished(SAID_NO).toString();
    Files.writeString(mark, end.substring(0, end.length() - 3), StandardOpenOption.APPEND);

    assertTrue(Progress.of(marks.read(id)).running(), "no end is known");

    marks.write(id, Progress.finished(SAID_NO));
    assertEquals(Optional.of(SAID_NO), Progress.of(marks.read(id)).finished());
  }

  @Test
  void aDamagedLineIsPassedOver() throws Exception {
    Marks marks = new Marks(folder);
    FileId id = new FileIds(InstantSource.system()).next();
    marks.write(id, LANDING);
    Path mark = folder.resolve("open").resolve(id.value());
    Files.writeString(mark, "star\u0000ted attempt\n\n%%% x=%zz\n", StandardOpenOption.APPEND);
    marks.write(id, Progress.started(1, AT));

    Progress progress = Progress.of(marks.read(id));
    assertEquals(1, progress.attempts());
    assertTrue(progress.running());
  }
}
