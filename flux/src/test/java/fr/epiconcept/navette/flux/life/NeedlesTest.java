package fr.epiconcept.navette.flux.life;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class NeedlesTest {
  private static final byte[] BLOCK = "INFO - received name=f1 to=/hl7/f1 at=/x".getBytes(UTF_8);

  private static int find(String... texts) {
    Needles needles = new Needles(Stream.of(texts).map(text -> text.getBytes(UTF_8)).toList());
    return needles.find(BLOCK, 0, BLOCK.length);
  }

  /** Files have names of one byte or two: `navette show f1` is such a search. */
  @Test
  void findsTextsThatAreShorterThanWhatItComparesFirst() {
    assertEquals(31, find("/f1"));
    assertEquals(38, find("/x"));
    assertEquals(0, find("I"));
    assertEquals(16, find("/x", "name=f1"));
    assertEquals(-1, find("/y"));
  }

  @Test
  void findsTheFirstOfSeveral() {
    assertEquals(16, find("name=f1", "name=f2"));
    assertEquals(-1, find("name=f3", "name=f2"));
  }

  @Test
  void anEmptyTextIsNone() {
    assertThrows(IllegalArgumentException.class, () -> new Needles(List.of(new byte[0])));
  }
}
