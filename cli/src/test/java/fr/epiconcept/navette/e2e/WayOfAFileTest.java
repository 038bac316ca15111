package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A file's whole way, and the parts that the other tests are built of. */
@ExtendWith(TellsOnFailure.class)
class WayOfAFileTest {
  @TempDir Path folder;

  @Test
  void goesThereAndItsAnswersComeBackOverTls() throws Exception {
    Flux labo = Flux.named("labo");
    Flux radio =
        Flux.named("radio")
            .php("copy(getenv('NAVETTE_FILE'), getenv('NAVETTE_OUT') . \"/ack-$name\");");
    try (TwoServers servers = TwoServers.in(folder).tls().with(labo, radio)) {
      servers.startBoth();
      servers.deposit("labo", "a.hl7", "PID|1");
      servers.deposit("labo", "b.hl7", "PID|2");
      servers.handIn("labo", "later.hl7", "ACK|1");
      servers.deposit("radio", "é à.dcm", new byte[300_000]);

      servers.awaitIdle();
      Books.of(servers, "labo").balance();
      Books.of(servers, "radio").balance();
      servers.worker().stop();
      servers.ingest().stop();
    }
  }

  @Test
  void endsInQuarantineOrAmongTheDeadWhereItsFluxWantsThat() throws Exception {
    Flux labo =
        Flux.named("labo")
            .check("grep -q PID \"$1\"\n")
            .script("grep -q good \"$NAVETTE_FILE\" || exit 3\n" + Flux.ANSWERS);
    try (TwoServers servers = TwoServers.in(folder).with(labo)) {
      servers.startBoth();
      servers.deposit("labo", "a", "PID good");
      servers.deposit("labo", "b", "nothing");
      servers.deposit("labo", "c", "PID bad");
      servers.deposit("labo", "d", "PID good too");

      servers.awaitIdle();
      Books books = Books.of(servers, "labo").quarantined("b").dead("c");
      books.balance();
      books.navetteAgrees();
      assertEquals(List.of("a", "c", "d"), Journal.of(labo).order());
      assertTrue(servers.ingestLog("labo").stream().anyMatch(line -> line.event().equals("dead")));
    }
  }
}
