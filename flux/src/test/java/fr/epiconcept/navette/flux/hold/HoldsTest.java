package fr.epiconcept.navette.flux.hold;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.view.Held;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HoldsTest {
  private static final FluxName LABO = new FluxName("labo");

  @TempDir Path state;

  @Test
  void aHoldWrittenByHandInAnotherEncodingIsOne() throws IOException {
    Holds holds = new Holds(state, Side.WORKER);
    Files.createDirectory(state.resolve("hold"));
    Files.write(holds.file(LABO), "arrêt de la base\n".getBytes(ISO_8859_1));

    Held held = holds.of(LABO).orElseThrow();

    assertEquals("arr\ufffdt de la base", held.why());
    assertEquals(1, holds.all().size());
  }
}
