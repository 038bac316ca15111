package fr.epiconcept.navette.flux.marks;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.file.FileIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarksTest {
  /** Claimed on 2016-07-30 (UTC), and one millisecond before midnight of that day. */
  private static final FileId ONE = new FileId("01ARZ3NDEKTSV4RRFFQ69G5FAV");

  private static final FileId TWO = new FileId("01ARZ3NDEMTSV4RRFFQ69G5FAV");
  private static final MarkLine LANDING = MarkLine.of("landing", "name", "a b\n");
  private static final MarkLine STARTED = MarkLine.of("started", "attempt", 1);

  @TempDir Path root;
  private Path folder;
  private Marks marks;

  @BeforeEach
  void open() throws IOException {
    folder = root.resolve("marks");
    marks = new Marks(folder);
  }

  @Test
  void readsWhatWasWrittenInItsOrder() throws IOException {
    marks.write(ONE, LANDING);
    marks.write(ONE, STARTED);
    marks.write(TWO, STARTED);

    assertEquals(List.of(LANDING, STARTED), new Marks(folder).read(ONE));
    assertEquals(List.of(STARTED), marks.read(TWO));
  }

  @Test
  void knowsNothingOfAnIdThatWasNeverMarked() throws IOException {
    assertEquals(List.of(), marks.read(ONE));
    assertFalse(marks.isDone(ONE));
    assertEquals(List.of(), marks.open());
  }

  @Test
  void aTornEndWasNeverSaidAndDoesNotSpoilWhatIsSaidNext() throws IOException {
    marks.write(ONE, LANDING);
    Files.writeString(open(ONE), "started attem", StandardOpenOption.APPEND);
    assertEquals(List.of(LANDING), marks.read(ONE));

    marks.write(ONE, STARTED);
    assertEquals(List.of(LANDING, STARTED), marks.read(ONE));
  }

  @Test
  void manyAreMarkedAtOnceAlsoWhereAnEarlierStepIsTorn() throws IOException {
    marks.write(ONE, LANDING);
    Files.writeString(open(ONE), "star", StandardOpenOption.APPEND);
    marks.writeAll(Map.of(ONE, STARTED, TWO, LANDING));

    assertEquals(List.of(LANDING, STARTED), marks.read(ONE));
    assertEquals(List.of(LANDING), marks.read(TWO));
  }

  @Test
  void aTornFirstLineIsAsIfNothingWasMarked() throws IOException {
    Files.writeString(open(ONE), "landing na");
    assertEquals(List.of(), marks.read(ONE));
    marks.write(ONE, STARTED);
    assertEquals(List.of(STARTED), marks.read(ONE));
  }

  @Test
  void aDamagedLineDoesNotHideTheOthers() throws IOException {
    marks.write(ONE, LANDING);
    Files.writeString(open(ONE), "\u0000\u0000 x=%zz\n", StandardOpenOption.APPEND);
    marks.write(ONE, STARTED);

    assertEquals(List.of(LANDING, STARTED), marks.read(ONE));
  }

  @Test
  void aClosedMarkIsStillKnown() throws IOException {
    marks.write(ONE, LANDING);
    marks.close(ONE);

    assertTrue(marks.isDone(ONE));
    assertEquals(List.of(LANDING), marks.read(ONE));
    assertEquals(List.of(), marks.open());
  }

  @Test
  void closingTwiceOrWhatIsUnknownDoesNothing() throws IOException {
    marks.close(ONE);
    assertFalse(marks.isDone(ONE));
    marks.write(ONE, LANDING);
    marks.close(ONE);
    marks.close(ONE);
    assertEquals(List.of(LANDING), marks.read(ONE));
  }

  @Test
  void aReopenedMarkGoesOnWhereItWas() throws IOException {
    marks.write(ONE, LANDING);
    marks.close(ONE);
    marks.reopen(ONE);
    marks.write(ONE, STARTED);

    assertFalse(marks.isDone(ONE));
    assertEquals(List.of(LANDING, STARTED), marks.read(ONE));
    marks.reopen(TWO);
    assertEquals(List.of(ONE), marks.open());
  }

  @Test
  void listsOpenMarksInOrderOfArrivalAndNothingElse() throws IOException {
    marks.write(TWO, STARTED);
    marks.write(ONE, STARTED);
    Files.writeString(folder.resolve("open/notes.txt"), "an operator's\n");

    assertEquals(List.of(ONE, TWO), marks.open());
  }

  @Test
  void keepsAMarkAsLongAfterItsCloseAsItIsToldHoweverLongAgoItsFileWasClaimed() throws IOException {
    marks.write(ONE, LANDING);
    marks.close(ONE);
    Instant closed = InstantSource.system().instant();
    Duration keep = Duration.ofDays(30);

    assertEquals(0, marks.expire(closed.plus(keep).minusSeconds(60), keep));
    assertTrue(marks.isDone(ONE));
    assertEquals(List.of(LANDING), marks.read(ONE));
    assertEquals(1, marks.expire(closed.plus(keep).plusSeconds(60), keep));
    assertFalse(marks.isDone(ONE));
    assertEquals(List.of(), marks.read(ONE));
    assertFalse(Files.exists(folder.resolve("done/2016-07-30")));
  }

  @Test
  void ofOneDayOnlyTheMarksGoWhoseTimeIsOver() throws Exception {
    Path day = folder.resolve("done/2016-07-30");
    marks.write(TWO, LANDING);
    marks.close(TWO);
    Instant between = changed(day.resolve(TWO.value())).plusNanos(1);
    marks.write(ONE, LANDING);
    await()
        .until(
            () -> {
              marks.close(ONE);
              boolean later = changed(day.resolve(ONE.value())).isAfter(between);
              if (!later) {
                marks.reopen(ONE);
              }
              return later;
            });

    assertEquals(1, marks.expire(between.plus(Duration.ofDays(30)), Duration.ofDays(30)));

    assertFalse(marks.isDone(TWO));
    assertTrue(marks.isDone(ONE));
  }

  private static Instant changed(Path file) throws IOException {
    return FileIdentity.of(file).changed().toInstant();
  }

  @Test
  void neverExpiresAnOpenMarkNorWhatIsNotItsOwn() throws IOException {
    marks.write(ONE, LANDING);
    Files.createDirectory(folder.resolve("done/keep-me"));
    Files.createDirectory(folder.resolve("done/2016-13-45"));

    assertEquals(0, marks.expire(Instant.parse("2099-01-01T00:00:00Z"), Duration.ofDays(30)));

    assertEquals(List.of(LANDING), marks.read(ONE));
    assertTrue(Files.exists(folder.resolve("done/keep-me")));
  }

  private Path open(FileId id) {
    return folder.resolve("open").resolve(id.value());
  }
}
