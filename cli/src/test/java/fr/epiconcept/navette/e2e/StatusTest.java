package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Does it run, and does it move? With both daemons, with one, and with none. */
@ExtendWith(TellsOnFailure.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class StatusTest {
  @TempDir static Path folder;
  private static TwoServers servers;

  @BeforeAll
  static void start() throws Exception {
    servers = TwoServers.in(folder).with(Flux.named("labo"));
    servers.startBoth();
    servers.deposit("labo", "good.hl7", "PID|1");
    servers.awaitIdle();
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  private static Tool status(DaemonProcess at) throws Exception {
    return Tool.run(Tool.NAVETTE, "status", "--config", at.config().toString());
  }

  private static void says(Tool told, int exit, String... words) {
    assertEquals(exit, told.exit(), told::toString);
    for (String each : words) {
      assertTrue(told.said().contains(each), told::toString);
    }
  }

  @Test
  @Order(1)
  void allIsWellOnBothServers() throws Exception {
    TwoServers.awaitThat("well", () -> status(servers.ingest()).exit() == 0);
    says(
        status(servers.ingest()),
        0,
        "1 of 1 worker linked",
        "labo  ok ",
        "last good.hl7 processed");
    says(status(servers.worker()), 0, "link to files1 up", "labo  ok ", "last good.hl7 processed");
  }

  @Test
  @Order(2)
  void aWorkerThatDiedIsMissedOnTheFileServer() throws Exception {
    servers.worker().end();
    TwoServers.awaitThat("missed", () -> status(servers.ingest()).exit() == 1);
    TwoServers.awaitThat(
        "named", () -> status(servers.ingest()).said().contains("worker front1 is not linked"));
    says(status(servers.worker()), 3, "worker  NOT RUNNING");
  }

  @Test
  @Order(3)
  void withoutADaemonTheDiskIsTold() throws Exception {
    servers.ingest().end();
    servers.deposit("labo", "late.hl7", "PID|2");
    says(status(servers.ingest()), 3, "ingest  NOT RUNNING", "waiting 1 (oldest ", "good.hl7");
  }
}
