package fr.epiconcept.navette.flux.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import fr.epiconcept.navette.flux.command.Output.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ExitLineTest {
  private final List<String> passed = new ArrayList<>();
  private final ExitLine exit = new ExitLine("word", (stream, text) -> passed.add(text));

  private OptionalInt after(String... lines) {
    for (String line : lines) {
      exit.line(Stream.OUT, line);
    }
    return exit.end();
  }

  @Test
  void theLastLineSaysHowItEndedAndIsNoOutput() {
    assertEquals(OptionalInt.of(0), after("a", "", "b", "word 0", "", ""));
    assertEquals(List.of("a", "", "b"), passed);
  }

  @Test
  void aLineThatIsNotTheLastSaysNothing() {
    assertEquals(OptionalInt.empty(), after("word 0", "PHP Fatal error"));
    assertEquals(List.of("word 0", "PHP Fatal error"), passed);
  }

  @Test
  void whatIsSaidOnTheOtherStreamIsNoEndAndHidesNone() {
    exit.line(Stream.ERR, "word 3");
    exit.line(Stream.OUT, "word 75");
    exit.line(Stream.ERR, "a notice at shutdown");
    assertEquals(OptionalInt.of(75), exit.end());
    assertEquals(List.of("word 3", "a notice at shutdown"), passed);
  }

  @Test
  void onlyANumberUpTo255IsAnEnd() {
    for (String line :
        List.of(
            "word", "word ", "word x", "word 256", "word -1", "word 0 0", "words 0", "Word 0")) {
      ExitLine own = new ExitLine("word", (stream, text) -> {});
      own.line(Stream.OUT, line);
      assertEquals(OptionalInt.empty(), own.end(), line);
    }
    assertEquals(OptionalInt.of(255), after("word 255"));
  }

  @Test
  void noOutputIsNoEnd() {
    assertEquals(OptionalInt.empty(), after());
    assertEquals(List.of(), passed);
  }
}
