package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.FluxConfig;
import fr.epiconcept.navette.flux.spool.SpoolCount;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Spools that have files, and of which no flux takes care: it was removed before it had ended. */
final class Abandoned {
  private Abandoned() {}

  /** A line for each of those below {@code spools}, the folder in which a flux has its own. */
  static List<String> in(Path spools, List<FluxConfig> configured) {
    Set<FluxName> known = configured.stream().map(FluxConfig::name).collect(Collectors.toSet());
    List<String> lines = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(spools, Files::isDirectory)) {
      for (Path folder : folders) {
        Optional<FluxName> flux = FluxName.parse(folder.getFileName().toString());
        if (flux.isPresent() && !known.contains(flux.get())) {
          SpoolCount count = SpoolCount.of(folder);
          long files = count.unsent() + count.published();
          if (files + count.arrived() > 0) {
            lines.add(
                ("flux %s does not run here and has %d files in %s, and %d that arrived without an"
                        + " outcome: they wait until its configuration is back (navette check)")
                    .formatted(flux.get(), files, folder, count.arrived()));
          }
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      lines.add("whether a spool in " + spools + " was left behind cannot be seen: " + e);
    }
    return lines;
  }
}
