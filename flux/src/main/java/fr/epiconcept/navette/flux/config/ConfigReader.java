package fr.epiconcept.navette.flux.config;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.FluxName;
import fr.epiconcept.navette.flux.config.YamlNode.Table;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a configuration folder: {@code navette.yml} and one file a flux in {@code flux.d}. It
 * touches nothing else; what only the machine can tell is {@link ConfigCheck}'s.
 *
 * <p>Never throws for what is in the folder: a broken file is a {@link Fault}, and keeps down its
 * own flux only. How it gets there: Jackson's YAML parser gives tokens with their places ({@link
 * YamlReader}), which become a tree; {@link Section} reads a tree key by key into the records.
 * Jackson's data binding is not used, since it stops at the first fault and an administrator wants
 * to see all of them, each with its line and column.
 */
public final class ConfigReader {
  private final Path folder;
  private final List<Fault> faults = new ArrayList<>();
  private final List<FluxConfig> fluxes = new ArrayList<>();
  private final Map<Path, Table> trees = new HashMap<>();

  private ConfigReader(Path folder) {
    this.folder = folder;
  }

  /**
   * What the folder says, and everything that is wrong with it.
   *
   * @param configFolder usually {@code /etc/navette}
   */
  public static Configuration read(Path configFolder) {
    return new ConfigReader(configFolder.toAbsolutePath().normalize()).all();
  }

  /** What one file of a flux says, if nothing is wrong with it: to compare it with another. */
  public static Optional<FluxConfig> fluxFile(FluxName name, Path file) {
    FaultList unheard = new FaultList(file);
    return ConfigText.read(file, unheard)
        .flatMap(text -> YamlReader.read(text, unheard))
        .flatMap(new FluxReader(name, file, FluxDefaults.NOTHING_SAID, unheard)::read);
  }

  private Configuration all() {
    if (!Files.isDirectory(folder)) {
      FaultList missing = new FaultList(folder);
      missing.error(Mark.NONE, "there is no such folder: say --config DIR, or create it");
      return new Configuration(folder, Optional.empty(), List.of(), missing.toList());
    }
    DaemonReader.Result main = main();
    for (Path file : fluxFiles()) {
      flux(file, main.defaults());
    }
    Positions positions = new Positions(trees);
    List<FluxConfig> settled = SharedInboxes.settle(fluxes, positions, faults);
    return new Configuration(folder, main.daemon(), settled, faults, positions);
  }

  private DaemonReader.Result main() {
    Path file = folder.resolve(Configuration.MAIN_FILE);
    FaultList found = new FaultList(file);
    DaemonReader.Result result =
        tree(file, found)
            .map(new DaemonReader(folder, found)::read)
            .orElse(new DaemonReader.Result(Optional.empty(), FluxDefaults.NOTHING_SAID));
    faults.addAll(found.toList());
    return result;
  }

  private List<Path> fluxFiles() {
    Path fluxFolder = folder.resolve(Configuration.FLUX_FOLDER);
    FaultList found = new FaultList(fluxFolder);
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(fluxFolder)) {
      stream.forEach(files::add);
    } catch (DirectoryIteratorException e) {
      found.error(Mark.NONE, "cannot be listed: " + Reason.of(e.getCause()));
    } catch (IOException e) {
      found.error(
          Mark.NONE,
          "the folder of the fluxes cannot be listed by user '"
              + DaemonUser.current().name()
              + "': "
              + Reason.of(e));
    }
    faults.addAll(found.toList());
    files.sort((a, b) -> FileName.of(a).compareTo(FileName.of(b)));
    return files;
  }

  private void flux(Path file, FluxDefaults defaults) {
    FileName name = FileName.of(file);
    String shown = name.display();
    FaultList found = new FaultList(file);
    if (name.isHidden()) {
      return;
    }
    if (shown.endsWith(".yaml")) {
      found.error(Mark.NONE, "a flux's file ends in '.yml': rename it, or it is not read");
    } else if (shown.endsWith(".yml")) {
      String stem = shown.substring(0, shown.length() - ".yml".length());
      FluxName.parse(stem)
          .ifPresentOrElse(
              flux -> flux(flux, file, defaults, found),
              () ->
                  found.error(
                      Mark.NONE, "'" + stem + "' cannot name a flux: expected " + FluxName.RULE));
    }
    faults.addAll(found.toList());
  }

  private void flux(FluxName name, Path file, FluxDefaults defaults, FaultList found) {
    tree(file, found)
        .flatMap(new FluxReader(name, file, defaults, found)::read)
        .ifPresent(fluxes::add);
  }

  private Optional<Table> tree(Path file, FaultList found) {
    Optional<Table> tree =
        ConfigText.read(file, found).flatMap(text -> YamlReader.read(text, found));
    tree.ifPresent(table -> trees.put(file, table));
    return tree;
  }
}
