package fr.epiconcept.navette.ingest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.FluxConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AbandonedTest {
  @TempDir Path root;

  private void flux(String name, boolean file, boolean record) throws Exception {
    try (FluxFolders folders = new FluxFolders(root.resolve("of-" + name), new FluxName(name))) {
      if (file) {
        folders.claimed("a", "1");
      }
      if (record) {
        folders.arrived.write(folders.newId(), "arrived");
      }
      Files.move(folders.spool.folder(), root.resolve("spools").resolve(name));
    }
  }

  @Test
  void namesTheSpoolsWithFilesThatNoFluxLooksAfter() throws Exception {
    Path spools = Files.createDirectory(root.resolve("spools"));
    flux("runs", true, true);
    flux("removed", true, true);
    flux("over", false, false);
    Files.createDirectory(spools.resolve("lost+found"));
    FluxConfig runs =
        new FluxConfig(
            new FluxName("runs"), root.resolve("runs.yml"), Optional.empty(), Optional.empty());

    List<String> told = Abandoned.in(spools, List.of(runs));

    assertEquals(1, told.size(), told::toString);
    String start =
        "flux removed does not run here and has 1 files in "
            + spools.resolve("removed")
            + ", and 1 that arrived without an outcome";
    assertTrue(told.get(0).startsWith(start), told::toString);
  }
}
