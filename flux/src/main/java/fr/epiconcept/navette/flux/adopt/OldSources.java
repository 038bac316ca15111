package fr.epiconcept.navette.flux.adopt;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.adopt.Old.Keys;
import fr.epiconcept.navette.flux.adopt.Old.Where;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The configuration of one host, wherever the old daemon kept it: one file, a folder with one file
 * for each flux, or both. What stands in the folder goes before.
 */
final class OldSources {
  private static final String FILE = "indird.conf";
  private static final String FOLDER = "indird.d";
  private static final String OF_FLUX = "config.json";
  private static final String GLOBAL = ".global.json";

  private final Map<String, Keys> fluxes = new LinkedHashMap<>();
  private final List<Path> read = new ArrayList<>();
  private final List<Note> notes = new ArrayList<>();
  private boolean markers;

  private OldSources() {}

  /**
   * Reads what is there.
   *
   * @param path the file (and the folder beside it, as the old daemon does), the folder, or the
   *     folder that holds both
   */
  static OldSources read(Path path) throws IOException, BrokenOld {
    OldSources sources = new OldSources();
    if (Files.isRegularFile(path)) {
      sources.file(path);
      sources.folder(path.resolveSibling(FOLDER));
    } else if (Files.isRegularFile(path.resolve(FILE)) || Files.isDirectory(path.resolve(FOLDER))) {
      if (Files.exists(path.resolve(FILE))) {
        sources.file(path.resolve(FILE));
      }
      sources.folder(path.resolve(FOLDER));
    } else {
      sources.folder(path);
    }
    if (sources.read.isEmpty()) {
      throw new BrokenOld(
          new Where(path, 0, 0),
          "there is no configuration of indird: expected indird.conf, or a folder such as indird.d");
    }
    return sources;
  }

  private void file(Path file) throws IOException, BrokenOld {
    Keys root = OldReader.read(file);
    read.add(file);
    root.entries().forEach(this::flux);
  }

  private void folder(Path folder) throws IOException, BrokenOld {
    if (!Files.isDirectory(folder)) {
      return;
    }
    Map<String, Path> files = new TreeMap<>();
    try (DirectoryStream<Path> each = Files.newDirectoryStream(folder)) {
      each.forEach(path -> files.put(FileName.of(path).display(), path.resolve(OF_FLUX)));
    }
    for (Map.Entry<String, Path> each : files.entrySet()) {
      if (Files.isRegularFile(each.getValue()) && Files.size(each.getValue()) > 0) {
        ofFlux(each.getKey(), each.getValue());
      }
    }
    Path global = folder.resolve(GLOBAL);
    if (Files.isRegularFile(global)) {
      global(global);
    }
  }

  private void ofFlux(String tag, Path file) throws IOException, BrokenOld {
    Keys root = OldReader.read(file);
    if (!root.entries().keySet().equals(java.util.Set.of(tag))) {
      throw new BrokenOld(root.at(), "expected one key, '" + tag + "', as its folder is called");
    }
    read.add(file);
    flux(tag, root.entries().get(tag));
  }

  private void flux(String tag, Old value) {
    if (value instanceof Keys keys) {
      fluxes.put(tag, keys);
    } else {
      notes.add(
          Note.at(value.at(), "", Note.Kind.LOST, "'" + tag + "' is no flux: it has no keys"));
    }
  }

  private void global(Path file) throws IOException, BrokenOld {
    Taken keys = new Taken(OldReader.read(file));
    read.add(file);
    markers = keys.text("Use_lsof").filter(text -> !text.text().equals("y")).isPresent();
    keys.text("wDelay");
    keys.text("NLocal");
    keys.rest()
        .forEach(
            (key, value) ->
                notes.add(
                    Note.at(
                        value.at(),
                        "",
                        Note.Kind.LOST,
                        "'" + key + "' changed the old daemon itself")));
  }

  Map<String, Keys> fluxes() {
    return fluxes;
  }

  List<Path> read() {
    return read;
  }

  List<Note> notes() {
    return notes;
  }

  /** Whether files were complete once {@code .ok/NAME} stood there, rather than closed. */
  boolean markers() {
    return markers;
  }
}
