package fr.epiconcept.navette.flux.hold;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.Garbage;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.view.Held;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class HoldsFuzzTest {
  private static final FluxName LABO = new FluxName("labo");
  private static final String WHOLE =
      "arrêt\nheld since=2026-11-23T17%3A04%3A09Z by=root until=2026-11-24T17%3A04%3A09Z\n";

  private static Path state;

  @BeforeContainer
  static void makeFolder() throws IOException {
    state = Files.createTempDirectory("state");
    Files.createDirectory(state.resolve("hold"));
  }

  @AfterContainer
  static void removeFolder() throws IOException {
    Files.deleteIfExists(state.resolve("hold/labo"));
    Files.delete(state.resolve("hold"));
    Files.delete(state);
  }

  @Provide
  Arbitrary<byte[]> files() {
    return Arbitraries.oneOf(
        Garbage.damaged(Arbitraries.just(WHOLE.getBytes(UTF_8)), "\n", " until=x", "since=", "%"),
        Garbage.bytes(60));
  }

  @Property
  void aFluxIsHeldWhateverItsFileHolds(@ForAll("files") byte[] bytes) throws IOException {
    Holds holds = new Holds(state, Side.INGEST);
    Files.write(holds.file(LABO), bytes);
    Held held = holds.of(LABO).orElseThrow();
    assertEquals(LABO, held.flux());
    assertEquals(1, holds.all().size());
    assertEquals(-1, held.why().indexOf('\n'));
  }
}
