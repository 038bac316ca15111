package fr.epiconcept.navette.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void whatIsNotSaidIsAsUsual() {
    Options options = Options.of(List.of("only=latency, small", "runs=1"));

    assertEquals(List.of("latency", "small"), options.words(Option.ONLY));
    assertEquals(1, options.number(Option.RUNS));
    assertEquals(2000, options.number(Option.SMALL_FILES));
  }

  @Test
  void aWordThatMeansNothingIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Options.of(List.of("run=1")));
    assertThrows(IllegalArgumentException.class, () -> Options.of(List.of("latency")));
    assertThrows(
        IllegalArgumentException.class, () -> Options.of(List.of("runs=few")).number(Option.RUNS));
  }
}
