package fr.epiconcept.navette.flux.marks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkLineTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a b",
        "two\nlines",
        "a=b",
        "100%",
        "%zz",
        "%0A",
        "+",
        "é",
        "\u0000",
        "\t",
        "\r\n",
        "finished result=processed",
        "\uD83D\uDE00",
        "\u2028",
        "~*-_."
      })
  void aValueMakesTheRoundTripWhateverItHolds(String value) {
    MarkLine line = MarkLine.of("step", "first", value, "second", 2);

    String spelled = line.toString();

    assertFalse(spelled.contains("\n"), spelled);
    assertEquals(Optional.of(line), MarkLine.parse(spelled));
    assertEquals(Optional.of(value), MarkLine.parse(spelled).flatMap(read -> read.get("first")));
  }

  @Test
  void keepsTheOrderAndLeavesOutWhatIsNull() {
    MarkLine line = MarkLine.of("step", "b", 1, "gone", null, "a", 2);
    assertEquals("step b=1 a=2", line.toString());
    assertEquals(List.of("b", "a"), List.copyOf(line.values().keySet()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", " a=1", "step a", "step =1", "step a=1 b", "step  a=1", "s a=%zz"})
  void refusesWhatItNeverSpelled(String line) {
    assertEquals(Optional.empty(), MarkLine.parse(line));
  }

  @Test
  void aStepMayStandAlone() {
    assertEquals(Optional.of(new MarkLine("again", Map.of())), MarkLine.parse("again"));
  }

  @Test
  void readsNumbers() {
    MarkLine line = MarkLine.of("step", "n", 7);
    assertEquals(7, line.number("n", 1));
    assertEquals(1, line.number("m", 1));
  }

  @Test
  void aDamagedNumberIsNone() {
    MarkLine line = MarkLine.parse("started attempt=1x round= at=7").orElseThrow();
    assertEquals(4, line.number("attempt", 4));
    assertEquals(1, line.number("round", 1));
    assertEquals(7, line.number("at", 1));
  }
}
