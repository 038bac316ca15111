package fr.epiconcept.navette.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One processing server that serves two file servers. */
@ExtendWith(TellsOnFailure.class)
class TwoFileServersTest {
  @TempDir Path folder;

  @Test
  void oneWorkerServesBothAndTheLossOfOneDelaysNotTheOther() throws Exception {
    Path one = Files.createDirectory(folder.resolve("one"));
    Path two = Files.createDirectory(folder.resolve("two"));
    try (TwoServers first = TwoServers.in(one).with(Flux.named("labo"));
        TwoServers second = TwoServers.in(two).with(Flux.named("radio"))) {
      servesAlso(first, second, "radio");
      first.ingest().start();
      second.ingest().start();
      first.worker().start();
      pass(first, "labo", "a");
      pass(second, "radio", "b");

      second.ingest().kill();
      second.deposit("radio", "meanwhile", "waits for its server");
      pass(first, "labo", "c");
      second.ingest().start();
      answered(second, "radio", "meanwhile");
      pass(second, "radio", "d");
      first.awaitIdle();
      assertEquals(3, Journal.of(second.flux("radio")).starts().size());
      assertEquals(2, Journal.of(first.flux("labo")).starts().size());
      assertTrue(second.worker().said().isEmpty(), "the second server has no worker of its own");
    }
  }

  /** Gives the worker of {@code first} the broker and a flux of {@code second}. */
  private static void servesAlso(TwoServers first, TwoServers second, String flux)
      throws IOException {
    Path yaml = first.worker().config().resolve("navette.yml");
    String others = Files.readString(second.worker().config().resolve("navette.yml"));
    String broker = others.substring(others.indexOf("    files1:")).replace("files1", "files2");
    Files.writeString(yaml, Files.readString(yaml).stripTrailing() + "\n" + broker);
    Path fluxes = first.worker().config().resolve("flux.d");
    Yaml.change(fluxes.resolve("labo.yml"), "worker:\n", "worker:\n  broker: files1\n");
    Path radio = second.worker().config().resolve("flux.d").resolve(flux + ".yml");
    Files.copy(radio, fluxes.resolve(flux + ".yml"));
    Yaml.change(fluxes.resolve(flux + ".yml"), "worker:\n", "worker:\n  broker: files2\n");
  }

  private static void pass(TwoServers servers, String flux, String name) throws Exception {
    servers.deposit(flux, name, name);
    answered(servers, flux, name);
  }

  private static void answered(TwoServers servers, String flux, String name) {
    Path answer = servers.flux(flux).out().resolve("ack-" + name);
    TwoServers.awaitThat(answer + " is there", () -> Files.exists(answer));
  }
}
