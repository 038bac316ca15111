package fr.epiconcept.navette.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FluxNameTest {
  @ParameterizedTest
  @ValueSource(strings = {"a", "7", "labo", "Labo-2_b", "x-", "x_"})
  void takesLettersDigitsDashAndUnderscore(String text) {
    assertEquals(text, FluxName.parse(text).orElseThrow().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "-a", "_a", "a.b", "a b", "a/b", "..", "a\n", "\na", "a\u0000", "é", "ａ", "a#", "a*",
        "a>", "a:b", "a\\b", "a%2F"
      })
  void refusesWhateverCouldMeanMoreInAQueueOrAPath(String text) {
    assertTrue(FluxName.parse(text).isEmpty());
    assertThrows(IllegalArgumentException.class, () -> new FluxName(text));
  }

  @Test
  void hasAtMost64Characters() {
    assertTrue(FluxName.parse("a".repeat(64)).isPresent());
    assertTrue(FluxName.parse("a".repeat(65)).isEmpty());
  }
}
