package fr.epiconcept.navette.flux.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.command.Output.Stream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutputTest {
  private final List<String> lines = new ArrayList<>();

  @Test
  void cutsALongLineIntoPiecesBetweenCharacters() {
    String text = "x" + "é€😀".repeat(3_000);

    cut(text + "\nnext");

    List<String> pieces = lines.subList(0, lines.size() - 1);
    assertEquals(text, String.join("", pieces));
    assertTrue(pieces.size() >= 4);
    for (String piece : pieces) {
      assertTrue(piece.getBytes(StandardCharsets.UTF_8).length <= Output.MAX_LINE);
    }
    assertEquals("next", lines.get(lines.size() - 1));
  }

  @Test
  void aLineOfExactlyOnePieceIsOneLine() {
    cut("x".repeat(Output.MAX_LINE) + "\n" + "y".repeat(Output.MAX_LINE + 1) + "\n\n");

    assertEquals(List.of("x".repeat(Output.MAX_LINE), "y".repeat(Output.MAX_LINE), "y", ""), lines);
  }

  @Test
  void cutsBytesThatAreNoTextAsWell() {
    byte[] noText = new byte[3 * Output.MAX_LINE];
    Arrays.fill(noText, (byte) 0xBF);
    LineCutter cutter = new LineCutter(lines::add);

    cutter.accept(noText, noText.length);
    cutter.end();

    assertEquals(3, lines.size());
  }

  @Test
  void keepsAnUnfinishedLineUntilItsEnd() {
    LineCutter cutter = new LineCutter(lines::add);
    byte[] euro = "€".getBytes(StandardCharsets.UTF_8);

    for (byte b : euro) {
      cutter.accept(new byte[] {b}, 1);
    }
    assertEquals(List.of(), lines);
    cutter.end();

    assertEquals(List.of("€"), lines);
  }

  @Test
  void passesOnTheBeginningWithoutHolesAndCountsTheRest() {
    CappedOutput capped = new CappedOutput((stream, text) -> lines.add(text), 12);

    capped.line(Stream.OUT, "four");
    capped.line(Stream.ERR, "été");
    capped.line(Stream.OUT, "a");
    capped.line(Stream.OUT, "");

    assertEquals(List.of("four", "été"), lines);
    assertEquals(new OutputCount(2, 3), capped.dropped());
  }

  private void cut(String text) {
    LineCutter cutter = new LineCutter(lines::add);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    cutter.accept(bytes, bytes.length);
    cutter.end();
  }
}
