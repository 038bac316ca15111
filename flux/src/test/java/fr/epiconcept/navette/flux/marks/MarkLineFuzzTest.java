package fr.epiconcept.navette.flux.marks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.Garbage;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class MarkLineFuzzTest {
  @Provide
  Arbitrary<MarkLine> lines() {
    Arbitrary<String> words = Arbitraries.strings().withChars("az-").ofMinLength(1).ofMaxLength(8);
    // UTF-8 has no halves of pairs.
    Arbitrary<String> values =
        Garbage.text(20)
            .map(text -> new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
    Arbitrary<Map<String, String>> fields = Arbitraries.maps(words, values).ofMaxSize(5);
    return Combinators.combine(words, fields).as(MarkLine::new);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Garbage.soup(
            10,
            "started",
            " ",
            "=",
            "attempt=",
            "1",
            "%",
            "%C3",
            "%zz",
            "+",
            "&",
            "-1",
            "99999999999"),
        Garbage.text(60));
  }

  @Property
  void everyLineIsReadAsItWasWritten(@ForAll("lines") MarkLine line) {
    String written = line.toString();
    assertTrue(written.chars().allMatch(c -> c >= ' ' && c < 127), written);
    assertEquals(Optional.of(line), MarkLine.parse(written));
  }

  @Property
  void anyTextIsALineOrNothing(@ForAll("texts") String text) {
    MarkLine.parse(text)
        .ifPresent(
            line -> {
              line.number("attempt", 1);
              line.values().keySet().forEach(key -> line.number(key, 0));
            });
  }
}
