package fr.epiconcept.navette.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FluxName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HoldTest {
  @TempDir Path state;

  @Test
  void isAFileThatSurvivesARestartWithItsReason() throws Exception {
    assertFalse(new Hold(state, Front.LABO).isOn());
    new Hold(state, Front.LABO).put("after: the script answered 3");
    Hold after = new Hold(state, Front.LABO);
    assertTrue(after.isOn());
    assertEquals(Optional.of("after: the script answered 3"), after.reason());
    assertEquals(state.resolve("hold").resolve("labo"), after.file());
  }

  @Test
  void isOverWhenSomebodyRemovesTheFile() throws Exception {
    Hold hold = new Hold(state, Front.LABO);
    hold.put("x");
    Files.delete(hold.file());
    assertFalse(hold.isOn());
    assertEquals(Optional.empty(), hold.reason());
  }

  @Test
  void concernsItsFluxOnly() throws Exception {
    new Hold(state, Front.LABO).put("x");
    assertFalse(new Hold(state, new FluxName("radio")).isOn());
  }

  @Test
  void canBePutByHandWithoutAWord() throws Exception {
    Hold hold = new Hold(state, Front.LABO);
    Files.createFile(hold.file());
    assertTrue(hold.isOn());
  }
}
