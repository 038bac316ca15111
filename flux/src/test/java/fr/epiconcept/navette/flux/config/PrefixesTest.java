package fr.epiconcept.navette.flux.config;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrefixesTest {
  private static final Path SAMPLE = Path.of("../conf/flux.d/labo.yml.example");
  private static final String NOISE = "\t\n :-[]{}*&!|>'\"%@`#,?~0\\<";

  @TempDir Path temp;

  @Test
  void everyBeginningOfAFileIsAFluxOrFaults() throws IOException {
    String sample = Files.readString(SAMPLE).replaceAll("(?m) *#.*$", "");
    assertTrue(faultsFor(sample).isEmpty());
    for (int length = 0; length < sample.length(); length++) {
      check(sample.substring(0, length));
    }
  }

  @Test
  void everyDamagedFileIsAFluxOrFaults() throws IOException {
    String sample = Files.readString(SAMPLE).replaceAll("(?m) *#.*$", "");
    Random random = new Random(20261123);
    for (int round = 0; round < 1000; round++) {
      StringBuilder damaged = new StringBuilder(sample);
      for (int i = 0; i < 1 + random.nextInt(3); i++) {
        int at = random.nextInt(damaged.length());
        damaged.setCharAt(at, NOISE.charAt(random.nextInt(NOISE.length())));
      }
      check(damaged.toString());
    }
  }

  private void check(String yaml) {
    FaultList faults = assertDoesNotThrow(() -> faultsOf(yaml), yaml);
    for (Fault fault : faults.toList()) {
      assertTrue(fault.line() > 0 && fault.column() > 0, fault + " in\n" + yaml);
      assertFalse(fault.what().matches(".*(Exception|snakeyaml|jackson).*"), fault.what());
    }
  }

  private List<Fault> faultsFor(String yaml) {
    return faultsOf(yaml).toList();
  }

  private FaultList faultsOf(String yaml) {
    Path file = temp.resolve("labo.yml");
    FaultList faults = new FaultList(file);
    boolean runs =
        YamlReader.read(yaml, faults)
            .flatMap(
                new FluxReader(new FluxName("labo"), file, FluxDefaults.NOTHING_SAID, faults)::read)
            .isPresent();
    assertEquals(runs, faults.errors() == 0, faults.toList().toString());
    return faults;
  }
}
