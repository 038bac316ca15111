package fr.epiconcept.navette.flux.written;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.written.WrittenFlux.What;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WrittenFluxesTest {
  private static final String FIRST = "# Written from central.yml";
  private static final FluxName LABO = new FluxName("labo");
  private static final FluxName RADIO = new FluxName("radio");

  @TempDir Path config;
  private Path labo;
  private WrittenFluxes fluxes;

  @BeforeEach
  void writeOne() throws IOException {
    labo = config.resolve("flux.d/labo.yml");
    fluxes = new WrittenFluxes(config, FIRST);
    run(Map.of(LABO, "a: 1\n"), false);
  }

  @Test
  void whatIsAsItShallBeIsNotTouched() throws IOException {
    assertEquals(FIRST + "\na: 1\n", Files.readString(labo));
    FileTime longAgo = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(labo, longAgo);

    assertEquals(Map.of(LABO, What.UNCHANGED), run(Map.of(LABO, "a: 1\n"), true));

    assertEquals(longAgo, Files.getLastModifiedTime(labo));
  }

  @Test
  void whatIsNotWantedAnyMoreStaysUntilItIsPruned() throws IOException {
    assertEquals(Map.of(LABO, What.LEFT, RADIO, What.CREATED), run(Map.of(RADIO, "b: 2\n"), false));
    assertEquals(FIRST + "\na: 1\n", Files.readString(labo));

    assertEquals(
        Map.of(LABO, What.REMOVED, RADIO, What.UNCHANGED), run(Map.of(RADIO, "b: 2\n"), true));
    assertFalse(Files.exists(labo));
  }

  @Test
  void filesOfOthersAreNeitherReplacedNorRemoved() throws IOException {
    for (String theirs :
        List.of(
            "a: 1\n", "", "# Written from central.yml.old\na: 1\n", FIRST, "\n" + FIRST + "\n")) {
      Files.writeString(labo, theirs);

      assertEquals(Map.of(LABO, What.FOREIGN), run(Map.of(LABO, "a: 2\n"), true), theirs);
      assertEquals(Map.of(), run(Map.of(), true), theirs);
      assertEquals(theirs, Files.readString(labo));
    }
  }

  @Test
  void aLinkIsSomebodyElsesWhereverItLeads() throws IOException {
    Path elsewhere = Files.move(labo, config.resolve("elsewhere.yml"));
    Files.createSymbolicLink(labo, elsewhere);

    assertEquals(Map.of(LABO, What.FOREIGN), run(Map.of(LABO, "a: 1\n"), true));
    assertEquals(Map.of(), run(Map.of(), true));
  }

  @Test
  void whatIsAskedForIsReplaced() throws IOException {
    Files.writeString(labo, "by hand\n");

    List<WrittenFlux> plan = fluxes.plan(Map.of(LABO, "a: 2\n"), false, true);
    assertEquals("by hand\n", Files.readString(labo));
    fluxes.apply(plan.get(0));

    assertEquals(FIRST + "\na: 2\n", Files.readString(labo));
  }

  private Map<FluxName, What> run(Map<FluxName, String> wanted, boolean prune) throws IOException {
    Map<FluxName, What> done = new TreeMap<>();
    for (WrittenFlux each : fluxes.plan(wanted, prune, false)) {
      done.put(each.flux(), each.what());
      fluxes.apply(each);
    }
    return done;
  }
}
