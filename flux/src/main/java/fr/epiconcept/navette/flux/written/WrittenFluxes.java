package fr.epiconcept.navette.flux.written;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.Configuration;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.written.WrittenFlux.What;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of fluxes that are written from one source. A file is known by its first line; what has
 * another one belongs to somebody else, and is neither replaced nor removed.
 */
public final class WrittenFluxes {
  private static final String ENDING = ".yml";
  private static final String MODE = "rw-r-----";

  private final Path folder;
  private final String firstLine;

  /**
   * Names the folder and the source; nothing is read yet.
   *
   * @param config the folder of {@code navette.yml}
   * @param firstLine what each file begins with, such as {@code # Written from central.yml}
   */
  public WrittenFluxes(Path config, String firstLine) {
    if (!firstLine.startsWith("#") || firstLine.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("no comment of one line: " + firstLine);
    }
    this.folder = config.resolve(Configuration.FLUX_FOLDER);
    this.firstLine = firstLine;
  }

  /**
   * What is to be done so that the folder has {@code wanted}; nothing is changed.
   *
   * @param wanted what is to stand below the first line, by flux
   * @param prune whether files of this source that are not wanted go
   * @param overwrite whether files of others are replaced, too
   */
  public List<WrittenFlux> plan(Map<FluxName, String> wanted, boolean prune, boolean overwrite)
      throws IOException {
    SortedMap<FluxName, WrittenFlux> plan = new TreeMap<>();
    for (FluxName flux : written()) {
      plan.put(flux, new WrittenFlux(flux, file(flux), prune ? What.REMOVED : What.LEFT, ""));
    }
    for (Map.Entry<FluxName, String> each : wanted.entrySet()) {
      plan.put(
          each.getKey(), planned(each.getKey(), firstLine + "\n" + each.getValue(), overwrite));
    }
    return new ArrayList<>(plan.values());
  }

  private WrittenFlux planned(FluxName flux, String text, boolean overwrite) throws IOException {
    Path file = file(flux);
    What what;
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      what = What.CREATED;
    } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && holds(file, text)) {
      what = What.UNCHANGED;
    } else {
      what = overwrite || isOurs(file) ? What.CHANGED : What.FOREIGN;
    }
    return new WrittenFlux(flux, file, what, text);
  }

  /** Does what was planned for one file, in one step. */
  public void apply(WrittenFlux planned) throws IOException {
    switch (planned.what()) {
      case CREATED, CHANGED -> {
        DurableFile.replaceForSameOwner(planned.file(), planned.text(), MODE);
      }
      case REMOVED -> Files.delete(planned.file());
      case UNCHANGED, LEFT, FOREIGN -> {}
    }
  }

  /** The fluxes whose files were written from this source. */
  private List<FluxName> written() throws IOException {
    List<FluxName> fluxes = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return fluxes;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = FileName.of(file).display();
        if (name.endsWith(ENDING) && isOurs(file)) {
          FluxName.parse(name.substring(0, name.length() - ENDING.length())).ifPresent(fluxes::add);
        }
      }
    }
    return fluxes;
  }

  private Path file(FluxName flux) {
    return folder.resolve(flux + ENDING);
  }

  private static boolean holds(Path file, String text) throws IOException {
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    return Files.size(file) == wanted.length
        && java.util.Arrays.equals(Files.readAllBytes(file), wanted);
  }

  /** A link is somebody's own work, whatever it leads to. */
  private boolean isOurs(Path file) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    byte[] wanted = (firstLine + "\n").getBytes(StandardCharsets.UTF_8);
    try (var bytes = Files.newInputStream(file)) {
      return java.util.Arrays.equals(bytes.readNBytes(wanted.length), wanted);
    }
  }
}
