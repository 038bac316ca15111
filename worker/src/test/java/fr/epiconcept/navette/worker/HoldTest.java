package fr.epiconcept.navette.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.view.Held;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HoldTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");

  @TempDir Path state;
  private Instant now = NOON;
  private final InstantSource clock = () -> now;

  private Hold hold() {
    return new Hold(state, Front.LABO, clock);
  }

  @Test
  void isAFileThatSurvivesARestartWithItsReason() throws Exception {
    assertFalse(hold().isOn());
    hold().put("root", "upgrade of\nthe application", Optional.of(NOON.plusSeconds(60)));
    Hold after = hold();
    assertTrue(after.isOn());
    Held held = after.now().orElseThrow();
    assertEquals("upgrade of the application", held.why());
    assertEquals(Optional.of("root"), held.by());
    assertEquals(NOON, held.since());
    assertEquals(Optional.of(NOON.plusSeconds(60)), held.until());
    assertEquals(state.resolve("hold").resolve("labo"), after.file());
  }

  @Test
  void endsByItselfWhenItsTimeHasCome() throws Exception {
    hold().put("root", "x", Optional.of(NOON.plusSeconds(60)));
    now = NOON.plusSeconds(59);
    assertEquals(Optional.empty(), hold().endIfDue());
    assertTrue(hold().isOn());
    now = NOON.plusSeconds(60);
    assertEquals("x", hold().endIfDue().orElseThrow().why());
    assertFalse(hold().isOn());
  }

  @Test
  void isOverWhenSomebodyRemovesTheFile() throws Exception {
    Hold hold = hold();
    hold.stop("x");
    Files.delete(hold.file());
    assertFalse(hold.isOn());
    assertEquals(Optional.empty(), hold.now());
  }

  @Test
  void concernsItsFluxOnly() throws Exception {
    hold().stop("x");
    assertFalse(new Hold(state, new FluxName("radio"), clock).isOn());
  }

  @Test
  void canBePutByHandWithoutAWord() throws Exception {
    Hold hold = hold();
    Files.createDirectories(hold.file().getParent());
    Files.createFile(hold.file());
    assertTrue(hold.isOn());
    assertEquals("", hold.now().orElseThrow().why());
  }

  @Test
  void readsTheOneLineOfAnEarlierVersion() throws Exception {
    Hold hold = hold();
    Files.createDirectories(hold.file().getParent());
    Files.writeString(hold.file(), "on-failure: stop, after: exit 3\n");
    Held held = hold.now().orElseThrow();
    assertEquals("on-failure: stop, after: exit 3", held.why());
    assertEquals(Optional.empty(), held.until());
    assertEquals(Optional.empty(), hold.endIfDue());
  }
}
