package fr.epiconcept.navette.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskGuardTest {
  @TempDir Path folder;

  @Test
  void closesAboveTheReserveAndSaysSoOnce() throws Exception {
    DiskGuard guard = new DiskGuard(folder, 1000);
    try (Said said = Said.by(DiskGuard.class)) {
      long usable = guard.usable();
      assertTrue(guard.hasRoomFor(usable / 2));
      assertFalse(guard.hasRoomFor(usable * 2));
      assertFalse(guard.hasRoomFor(usable * 2));
      assertTrue(guard.hasRoomFor(1));
      assertTrue(guard.hasRoomFor(1));
      assertEquals(
          List.of(Level.ERROR, Level.INFO),
          said.events().stream().map(ILoggingEvent::getLevel).toList());
    }
  }

  @Test
  void keepsItsReserve() throws Exception {
    DiskGuard guard = new DiskGuard(folder, Files.getFileStore(folder).getTotalSpace() * 2);
    assertFalse(guard.hasRoomFor(0));
  }

  @Test
  void staysClosedWhenTheDiskDoesNotAnswer() {
    assertFalse(new DiskGuard(folder.resolve("gone"), 0).hasRoomFor(1));
  }
}
