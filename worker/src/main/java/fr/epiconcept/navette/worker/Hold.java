package fr.epiconcept.navette.worker;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.file.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether a flux is held: a file {@code <state>/hold/<flux>} with the reason, which survives
 * restarts. An operator ends the hold by removing it.
 */
final class Hold {
  private final Path file;

  Hold(Path state, FluxName flux) throws IOException {
    Path folder = state.resolve("hold");
    DurableFile.makeFolder(folder);
    file = folder.resolve(flux.value());
  }

  boolean isOn() {
    return Files.exists(file);
  }

  Optional<String> reason() throws IOException {
    return DurableFile.read(file).map(String::strip);
  }

  void put(String reason) throws IOException {
    DurableFile.replace(file, reason + "\n");
  }

  Path file() {
    return file;
  }
}
