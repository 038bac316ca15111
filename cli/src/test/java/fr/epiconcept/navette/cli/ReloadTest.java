package fr.epiconcept.navette.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.DaemonConfig;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.config.Side;
import fr.epiconcept.navette.flux.reload.Reloadable;
import fr.epiconcept.navette.flux.reload.Standing;
import fr.epiconcept.navette.flux.view.Reloaded;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadTest {
  @TempDir Path root;
  private Path config;

  @BeforeEach
  void configure() throws Exception {
    config = Files.createDirectories(root.resolve("etc"));
    Files.createDirectories(config.resolve("flux.d"));
    Path password = Files.writeString(root.resolve("password"), "secret\n");
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(
        config.resolve("navette.yml"),
        """
        logs: ROOT/log
        run: ROOT/run
        worker:
          state: ROOT/state
          brokers:
            files1: {url: "tcp://127.0.0.1:1", account: front1, password-file: ROOT/password}
        """
            .replace("ROOT", root.toString()));
    for (String flux : List.of("labo", "radio")) {
      Files.writeString(
          config.resolve("flux.d").resolve(flux + ".yml"),
          "worker: {storage: ROOT/FLUX, script: [/bin/true]}\n"
              .replace("ROOT", root.toString())
              .replace("FLUX", flux));
    }
    for (String folder : List.of("log", "run", "state", "labo")) {
      Files.createDirectories(root.resolve(folder));
    }
  }

  /** Notes what it is told to run. */
  private static final class Told implements Reloadable {
    private final List<FluxName> started = new ArrayList<>();

    @Override
    public List<Reloaded> apply(
        DaemonConfig daemon, List<FluxConfig> fluxes, Set<FluxName> asTheyAre) {
      fluxes.forEach(flux -> started.add(flux.name()));
      return List.of();
    }

    @Override
    public List<Standing> configuration() {
      return List.of();
    }
  }

  @Test
  void aFluxThatTheMachineKeptDownAtTheStartRunsOnceItsFolderIsThere() throws Exception {
    Setting setting = Setting.of(config, Side.WORKER);
    assertEquals(
        List.of(new FluxName("labo")),
        setting.configuration().fluxes().stream().map(FluxConfig::name).toList());
    Told daemon = new Told();
    Reload reload = new Reload(config, Side.WORKER, setting, daemon);

    reload.tryAgain();
    assertEquals(List.of(), daemon.started, "its folder is still missing");

    Files.createDirectory(root.resolve("radio"));
    Files.writeString(config.resolve("flux.d/labo.yml"), "worker: {half an edit");
    reload.tryAgain();
    assertEquals(List.of(new FluxName("radio")), daemon.started);
  }
}
