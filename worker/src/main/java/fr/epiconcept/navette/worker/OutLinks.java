package fr.epiconcept.navette.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * {@code <run>/worker/out/<flux>}: a link to the {@code out} of each flux, for {@code navette out},
 * which has no time to start a JVM and read a configuration. They stay while the daemon is down:
 * what is put into {@code out} then is taken at the next start.
 */
final class OutLinks {
  private OutLinks() {}

  static void make(Path run, List<FluxWorker> fluxes) throws IOException {
    Path folder = folder(run);
    // Applications under other users must be able to follow the links.
    Files.createDirectories(folder);
    for (FluxWorker flux : fluxes) {
      if (flux.out().isPresent()) {
        Path temporary = folder.resolve(".new-" + flux.name());
        Files.deleteIfExists(temporary);
        Files.createSymbolicLink(temporary, flux.out().get());
        Files.move(temporary, folder.resolve(flux.name().value()), StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  private static Path folder(Path run) {
    return run.resolve("worker").resolve("out");
  }
}
