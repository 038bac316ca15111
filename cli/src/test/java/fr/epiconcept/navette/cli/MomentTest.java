package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class MomentTest {
  private static final ZoneId PARIS = ZoneId.of("Europe/Paris");
  private static final Instant NOW = Instant.parse("2026-11-24T14:30:00Z");

  @ParameterizedTest
  @CsvSource({
    "18:00, 2026-11-24T17:00:00Z",
    "9:15, 2026-11-25T08:15:00Z",
    "2h, 2026-11-24T16:30:00Z",
    "1d2h30m, 2026-11-25T17:00:00Z",
    "45m, 2026-11-24T15:15:00Z",
    "2026-11-25, 2026-11-24T23:00:00Z",
    "2026-11-25T06:00, 2026-11-25T05:00:00Z",
    "2026-11-25 06:00:30, 2026-11-25T05:00:30Z",
    "2026-11-25T06:00+03:00, 2026-11-25T03:00:00Z"
  })
  void aTimeToComeIsReadAsPeopleWriteIt(String text, Instant then) {
    assertEquals(then, new Moment(text).next(NOW, PARIS));
  }

  @Test
  void aDateBeginsAndEndsWithItsLocalDay() {
    assertEquals(Instant.parse("2026-11-23T23:00:00Z"), new Moment("2026-11-24").start(PARIS));
    assertEquals(Instant.parse("2026-11-24T23:00:00Z"), new Moment("2026-11-24").end(PARIS));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hier", "2x", "h", "2026-13-01", "2026-11-24T25:00", "-2h"})
  void whatIsNoTimeIsRefusedBeforeAnythingIsDone(String text) {
    assertThrows(TypeConversionException.class, () -> new Moment(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"18:00", "2h", "25:00"})
  void aPeriodIsNotGivenByWhatOnlyMakesSenseFromNow(String text) {
    assertThrows(TypeConversionException.class, () -> new Moment(text).start(PARIS));
  }
}
