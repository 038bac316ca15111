package fr.epiconcept.navette.flux.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.Garbage;
import fr.epiconcept.navette.flux.log.LogLine.Level;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class LogLineFuzzTest {
  @Provide
  Arbitrary<LogLine> lines() {
    Arbitrary<OffsetDateTime> times =
        Combinators.combine(
                Arbitraries.longs().between(0, (1L << 48) - 1),
                Arbitraries.integers().between(-18 * 60, 18 * 60))
            .as(
                (millis, minutes) ->
                    Instant.ofEpochMilli(millis).atOffset(ZoneOffset.ofTotalSeconds(minutes * 60)));
    Arbitrary<Optional<FileId>> ids = Garbage.ids().optional();
    Arbitrary<String> letter = Arbitraries.strings().withCharRange('a', 'z').ofLength(1);
    Arbitrary<String> events =
        Combinators.combine(letter, Arbitraries.strings().withChars("az09-").ofMaxLength(20))
            .as(String::concat);
    Arbitrary<String> keys =
        Combinators.combine(letter, Arbitraries.strings().withChars("azAZ09._-").ofMaxLength(8))
            .as(String::concat);
    Arbitrary<Map<String, String>> fields = Arbitraries.maps(keys, values()).ofMaxSize(5);
    return Combinators.combine(times, Arbitraries.of(Level.values()), ids, events, fields)
        .as(LogLine::new);
  }

  @Provide
  Arbitrary<String> values() {
    return Arbitraries.oneOf(
        Garbage.text(40),
        Garbage.soup(
            8, "\"", "\\", "\\u{", "}", "=", " ", "\n", "\r", "\t", "\u2028", "é", "\ud83d",
            "\ude00"));
  }

  @Provide
  Arbitrary<byte[]> damagedLines() {
    return Garbage.damaged(
        lines().map(line -> line.toString().getBytes(StandardCharsets.UTF_8)),
        "\"",
        "\\",
        " ",
        "=",
        "\\u{",
        "\\u{ffffff}",
        "\\u{}",
        "}",
        "-",
        "\\u",
        "\n",
        "a=b ");
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(Garbage.text(200), values().map(value -> '"' + value + '"'));
  }

  @Property
  void everyLineIsReadAsItWasWritten(@ForAll("lines") LogLine line) {
    String written = line.toString();
    assertTrue(written.codePoints().noneMatch(LogLineFuzzTest::breaksALine), written);
    assertEquals(Optional.of(line), LogLine.parse(written));
    // On disk it is UTF-8: nothing may be written that UTF-8 has not.
    byte[] bytes = written.getBytes(StandardCharsets.UTF_8);
    assertEquals(written, new String(bytes, StandardCharsets.UTF_8));
  }

  private static boolean breaksALine(int c) {
    int type = Character.getType(c);
    return Character.isISOControl(c)
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.FORMAT;
  }

  @Property
  void everyValueIsReadAsItWasSpelled(@ForAll("values") String value) {
    assertEquals(Optional.of(value), LogLine.value(LogLine.spelled(value)));
  }

  @Property
  void aDamagedLineIsALineOrNothing(@ForAll("damagedLines") byte[] bytes) {
    isALineOrNothing(new String(bytes, StandardCharsets.UTF_8));
  }

  @Property
  void anyTextIsALineOrNothing(@ForAll("texts") String text) {
    isALineOrNothing(text);
    isALineOrNothing("2026-11-23T17:04:09.123+00:00 INFO - event key=" + text);
    LogLine.value(text).ifPresent(value -> sameOnceSpelled(value));
  }

  private static void sameOnceSpelled(String value) {
    assertEquals(Optional.of(value), LogLine.value(LogLine.spelled(value)));
  }

  private static void isALineOrNothing(String text) {
    LogLine.parse(text)
        .ifPresent(line -> assertEquals(Optional.of(line), LogLine.parse(line.toString())));
  }
}
