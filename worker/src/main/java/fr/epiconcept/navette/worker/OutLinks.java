package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.FluxName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * {@code <run>/worker/out/<flux>}: a link to the {@code out} of each flux, for {@code navette out},
 * which has no time to start a JVM and read a configuration. They stay while the daemon is down:
 * what is put into {@code out} then is taken at the next start.
 */
final class OutLinks {
  private static final String DAEMON = "worker";
  private static final String FOLDER = "out";

  private OutLinks() {}

  /** The folder of the links, for everybody to pass through. */
  static Path open(Path run) throws IOException {
    return passable(passable(run.resolve(DAEMON)).resolve(FOLDER));
  }

  static void make(Path run, FluxWorker flux) throws IOException {
    if (flux.out().isPresent()) {
      Path folder = open(run);
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

  /** Applications under other users must be able to follow the links, whatever our umask is. */
  private static Path passable(Path folder) throws IOException {
    boolean made = !Files.isDirectory(folder);
    Files.createDirectories(folder);
    if (made) {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return folder;
  }

  static Path folder(Path run) {
    return run.resolve(DAEMON).resolve(FOLDER);
  }
}
