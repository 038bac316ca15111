package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A file server whose clock was set back while its daemon was down. */
@ExtendWith(TellsOnFailure.class)
class ClockTest {
  @TempDir Path folder;

  @Test
  void whatComesUnderAClockThatWasSetBackStandsBehindWhatHasLongEnded() throws Exception {
    Path library = FakeTime.library().orElse(null);
    assumeTrue(library != null, "not tested here: libfaketime is not installed");
    Flux labo = Flux.named("labo");
    try (TwoServers servers = TwoServers.in(folder).with(labo)) {
      servers.startBoth();
      servers.deposit("labo", "before", "PID|1");
      servers.awaitIdle();

      servers.ingest().stop();
      FakeTime.settings(library).forEach(servers.ingest()::variable);
      servers.ingest().variable("FAKETIME", "-2d");
      servers.ingest().start();
      servers.deposit("labo", "after", "PID|2");
      servers.awaitIdle();

      assertEquals(List.of("before", "after"), archived(labo), "in the order of their ids");
      Books.of(servers, "labo").balance();
    }
  }

  private static List<String> archived(Flux flux) throws Exception {
    try (Stream<Path> all = Files.walk(flux.archive())) {
      return all.filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .sorted()
          .map(name -> name.substring(name.indexOf('-') + 1))
          .toList();
    }
  }
}
