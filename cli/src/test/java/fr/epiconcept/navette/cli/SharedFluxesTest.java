package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import fr.epiconcept.navette.broker.Accounts;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.ConfigReader;
import fr.epiconcept.navette.flux.config.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedFluxesTest {
  private static final FluxName LABO = new FluxName("labo");

  @TempDir Path root;

  @BeforeEach
  void configure() throws IOException {
    Files.createDirectories(root.resolve("flux.d"));
    Files.writeString(
        root.resolve("navette.yml"),
        "ingest:\n  broker: {listen: 'tcp://127.0.0.1:0', accounts: " + root + "/accounts}\n");
    flux("workers: sharing");
  }

  private void flux(String line) throws IOException {
    Files.writeString(
        root.resolve("flux.d/labo.yml"),
        "ingest:\n  inbox: /srv/in\n  archive: /srv/archive\n  quarantine: /srv/quarantine\n  "
            + line
            + "\n");
  }

  private List<Fault> warnings() {
    return SharedFluxes.warnings(ConfigReader.read(root));
  }

  @Test
  void aFluxThatShallBeSharedIsToldOfUntilTwoAccountsHaveIt() throws IOException {
    assertTrue(warnings().get(0).toString().contains("no account has"), warnings()::toString);
    Accounts accounts = new Accounts(root.resolve("accounts"));
    accounts.add("front1", Set.of(LABO), "secret".toCharArray());
    assertTrue(warnings().get(0).toString().contains("only one"), warnings()::toString);
    accounts.add("front2", Set.of(LABO), "secret".toCharArray());
    assertEquals(List.of(), warnings());
  }

  @Test
  void oneActiveWithOneAccountIsTheUsualCase() throws IOException {
    flux("workers: one-active");
    assertEquals(List.of(), warnings());
  }
}
