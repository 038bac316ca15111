package fr.epiconcept.navette.flux.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FileName;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamePatternTest {
  private static boolean matches(String pattern, String name) {
    assertTrue(NamePattern.check(pattern) instanceof Parsed.Good<?>, pattern);
    return NamePattern.of(pattern).matches(FileName.of(name));
  }

  @ParameterizedTest
  @CsvSource({
    "*.hl7, a.hl7, true",
    "*.hl7, a.hl7.ok, false",
    "'{a,b}?', b1, true",
    "'re:ORU_\\d{3}\\.hl7', ORU_042.hl7, true",
    "'re:ORU_\\d{3}\\.hl7', XORU_042.hl7, false",
    "'re:ORU_\\d{3}\\.hl7', ORU_042.hl7x, false",
    "'re:.*', re:, true",
    "'re:(?i)a|b', B, true",
    "'re:', a, false",
  })
  void theWholeNameMustFit(String pattern, String name, boolean expected) {
    assertEquals(expected, matches(pattern, name));
  }

  @Test
  void aDotIsAnyCharacterOfAName() {
    assertTrue(matches("re:a.b", "a\nb"));
    assertTrue(NamePattern.of("re:a.").matches(FileName.of("a\u00e9".getBytes(ISO_8859_1))));
  }

  /** A partner chooses the names, and could stop a flux with one that fits almost. */
  @Test
  void noNameTakesLongWhateverTheExpressionSays() {
    String almost = "a".repeat(250) + "c";
    assertTimeoutPreemptively(
        Duration.ofSeconds(5), () -> assertFalse(matches("re:(a+)+b", almost)));
  }
}
