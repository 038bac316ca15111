package fr.epiconcept.navette.flux.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogLineTest {
  private static final OffsetDateTime TIME = OffsetDateTime.parse("2026-11-23T18:04:09.123+01:00");
  private static final FileId ID = new FileId("01JDCB3V8Q5W2Y7Z9K4M6N0PRS");

  @Test
  void isWrittenAsTheDesignShowsIt() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("name", "a b.hl7");
    fields.put("bytes", "2048");
    fields.put("note", "");

    assertEquals(
        "2026-11-23T18:04:09.123+01:00 INFO 01JDCB3V8Q5W2Y7Z9K4M6N0PRS received"
            + " name=\"a b.hl7\" bytes=2048 note=\"\"",
        new LogLine(TIME, LogLine.Level.INFO, Optional.of(ID), "received", fields).toString());
  }

  @Test
  void keepsThreeDecimalsAndADashWhereThereIsNoId() {
    OffsetDateTime midnight = OffsetDateTime.parse("2026-01-01T00:00Z");

    assertEquals(
        "2026-01-01T00:00:00.000+00:00 WARN - held",
        new LogLine(midnight, LogLine.Level.WARN, Optional.empty(), "held", Map.of()).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\n2026-11-23T18:04:09.123+01:00 INFO 01JDCB3V8Q5W2Y7Z9K4M6N0PRS processed exit=0",
        "a\r\nb",
        "a\" exit=0 x=\"",
        "ends with \\",
        "\\\"",
        "\u001b[2J\u001b[31mgone",
        "line\u2028separator\u2029paragraph\u0085next",
        "\u202egpj.exe\u202c",
        "zero\u200bwidth\ufeff",
        "nul\u0000\u007f",
        "lone \ud800 surrogate",
        "été \ud83d\ude80.hl7",
        " ",
        "=",
        "~",
        "-",
        "C:\\new\\table",
        "\\u{41}"
      })
  void noValueForgesALineOrAKey(String hostile) {
    LogLine line = line(Map.of("name", hostile));
    String written = line.toString();

    assertFalse(written.codePoints().anyMatch(LogLineTest::couldMislead), written);
    assertEquals(Optional.of(line), LogLine.parse(written));
    assertEquals(Optional.of(hostile), LogLine.parse(written).orElseThrow().field("name"));
    assertEquals(1, LogLine.parse(written).orElseThrow().fields().size());
  }

  @Test
  void comesBackAsItWasWrittenWhateverItHolds() {
    long seed = 20261123;
    Random random = new Random(seed);
    for (int i = 0; i < 5_000; i++) {
      Map<String, String> fields = new LinkedHashMap<>();
      for (int k = random.nextInt(4); k > 0; k--) {
        fields.put("k" + k, text(random));
      }
      LogLine line = line(fields);

      assertEquals(Optional.of(line), LogLine.parse(line.toString()), "seed " + seed + " at " + i);
    }
  }

  @Test
  void noCutLineIsTakenForAWholeOne() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("name", "a \"b\" \\ \u2028.hl7");
    fields.put("bytes", "2048");
    String whole = line(fields).toString();

    for (int cut = 0; cut <= whole.length(); cut++) {
      String half = whole.substring(0, cut) + "~";
      assertEquals(Optional.empty(), LogLine.parse(half), half);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "~",
        "hello",
        "2026-11-23T18:04:09.123+01:00 INFO -",
        "2026-11-23T18:04:09+01:00 INFO - received",
        "2026-02-30T18:04:09.123+01:00 INFO - received",
        "2026-11-23T18:04:09.123+01:00 DEBUG - received",
        "2026-11-23T18:04:09.123+01:00 INFO x received",
        "2026-11-23T18:04:09.123+01:00 INFO - Received",
        "2026-11-23T18:04:09.123+01:00 INFO - received ",
        "2026-11-23T18:04:09.123+01:00 INFO - received a",
        "2026-11-23T18:04:09.123+01:00 INFO - received a=",
        "2026-11-23T18:04:09.123+01:00 INFO - received a=b  c=d",
        "2026-11-23T18:04:09.123+01:00 INFO - received a=b\"c\"",
        "2026-11-23T18:04:09.123+01:00 INFO - received a=\"b\"c",
        "2026-11-23T18:04:09.123+01:00 INFO - received a=\"b\"~c=d",
        "2026-11-23T18:04:09.123+01:00 INFO - received a=b~c=d",
        "2026-11-23T18:04:09.123+01:00 INFO - received a=\"b",
        "2026-11-23T18:04:09.123+01:00 INFO - received a=\"b\\\"",
        "2026-11-23T18:04:09.123+01:00 INFO - received a=\"\\x41\"",
        "2026-11-23T18:04:09.123+01:00 INFO - received a=\"\\u{}\"",
        "2026-11-23T18:04:09.123+01:00 INFO - received a=\"\\u{110000}\"",
        "2026-11-23T18:04:09.123+01:00 INFO - received a=\"\\u{41\"",
        "2026-11-23T18:04:09.123+01:00 INFO - received a=\"\\u\"",
        "2026-11-23T18:04:09.123+01:00 INFO - received a=\"\t\"",
        "2026-11-23T18:04:09.123+01:00 INFO - received a=1 a=2",
        "2026-11-23T18:04:09.123+01:00 INFO - received A=1",
      })
  void whatIsNotOfTheGrammarIsNoLine(String text) {
    assertEquals(Optional.empty(), LogLine.parse(text));
  }

  @Test
  void refusesWordsThatAreData() {
    assertThrows(IllegalArgumentException.class, () -> line(Map.of("a b", "c")));
    assertThrows(
        IllegalArgumentException.class,
        () -> new LogLine(TIME, LogLine.Level.INFO, Optional.empty(), "a b", Map.of()));
    assertTrue(LogLine.parse(line(Map.of("exit-code", "0")).toString()).isPresent());
  }

  private static LogLine line(Map<String, String> fields) {
    return new LogLine(TIME, LogLine.Level.INFO, Optional.of(ID), "received", fields);
  }

  private static boolean couldMislead(int c) {
    return Character.isISOControl(c)
        || (c >= 0x200b && c <= 0x200f)
        || (c >= 0x2028 && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069)
        || c == 0xfeff
        || (c >= 0xd800 && c <= 0xdfff);
  }

  private static String text(Random random) {
    String awkward = "\"\\ =\n\r\t\u0000\u001b\u2028\u202e\ud800\udc00{}unx~-aé%/";
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.append(
          random.nextInt(4) == 0
              ? (char) random.nextInt(0x10000)
              : awkward.charAt(random.nextInt(awkward.length())));
    }
    return text.toString();
  }
}
