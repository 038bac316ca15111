package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * {@code <run>/worker/out/<flux>}: a link to the {@code out} of each flux, for {@code navette out},
 * which has no time to start a JVM and read a configuration. They stay while the daemon is down:
 * what is put into {@code out} then is taken at the next start.
 */
final class OutLinks {
  private OutLinks() {}

  static void make(Path run, FluxWorker flux) throws IOException {
    if (flux.out().isPresent()) {
      // Applications under other users must be able to follow the links.
      Path folder = Files.createDirectories(folder(run));
      Path temporary = folder.resolve(".new-" + flux.name());
      Files.deleteIfExists(temporary);
      Files.createSymbolicLink(temporary, flux.out().get());
      Files.move(temporary, folder.resolve(flux.name().value()), StandardCopyOption.ATOMIC_MOVE);
    } else {
      remove(run, flux.name());
    }
  }

  static void remove(Path run, FluxName flux) throws IOException {
    Files.deleteIfExists(folder(run).resolve(flux.value()));
  }

  static Path folder(Path run) {
    return run.resolve("worker").resolve("out");
  }
}
