package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several fluxes take their files out of the folder of one Unix user, told apart by their names.
 */
@ExtendWith(TellsOnFailure.class)
class SharedInboxTest {
  @TempDir Path folder;

  @Test
  void eachFluxTakesItsOwnAndWhatNobodyTakesIsListedOnce() throws Exception {
    Flux hl7 = Flux.named("hl7").ingest("ready: {match: ['*.hl7'], marker: \"{name}.ok\"}");
    Flux oru =
        Flux.named("oru")
            .inboxOf(hl7)
            .ingest("ready: {match: ['re:ORU_\\d+\\..*']}", "after: [hl7]");
    Flux csv = Flux.named("csv").inboxOf(hl7).ingest("ready: {match: ['*.csv']}", "after: [oru]");
    try (TwoServers servers = TwoServers.in(folder).with(hl7, oru, csv)) {
      servers.startBoth();
      int files = 40;
      for (int i = 0; i < files; i++) {
        servers.deposit("hl7", "ORU_" + i + ".hl7", "of hl7 " + i);
        Files.createFile(hl7.inbox().resolve("ORU_" + i + ".hl7.ok"));
        servers.deposit("oru", "ORU_" + i + ".csv", "of oru " + i);
        servers.deposit("csv", "x" + i + ".csv", "of csv " + i);
      }

      servers.awaitIdle();
      for (Flux flux : List.of(hl7, oru, csv)) {
        Books.of(servers, flux.name()).inAnyOrder().balance();
        assertEquals(files, new TreeSet<>(Journal.of(flux).order()).size(), flux.name());
      }
      Files.writeString(hl7.inbox().resolve("stray.txt"), "nobody's");
      List<String> listed =
          Tool.run(Tool.NAVETTE, "pending", "--config", folder.resolve("etc-files").toString())
              .succeeded()
              .said()
              .lines()
              .filter(line -> line.contains("stray.txt"))
              .toList();
      assertEquals(1, listed.size(), listed.toString());
      assertTrue(listed.get(0).contains("unmatched"), listed.toString());
    }
  }
}
