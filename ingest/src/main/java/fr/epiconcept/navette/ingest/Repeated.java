package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.file.DurableFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What repeats what: a line {@code NEW FIRST} for each file that was replayed, in {@code
 * <ingest.state>/flux/<flux>/replays}. Nothing else remembers it once a file is processed.
 */
final class Repeated {
  private final Path file;

  /** Nothing is read or made yet. */
  Repeated(Path state) {
    this.file = state.resolve("replays");
  }

  /** Notes it, on disk when this returns. */
  void note(FileId fresh, FileId first) throws IOException {
    boolean create = !Files.exists(file);
    if (!create) {
      DurableFile.dropTornLine(file);
    }
    DurableFile.append(file, fresh + " " + first, create);
  }

  /** The first of each file that is a replay. */
  Map<FileId, FileId> read() throws IOException {
    Map<FileId, FileId> all = new HashMap<>();
    try (Stream<String> lines = Files.lines(file)) {
      lines.forEach(
          line -> {
            String[] ids = line.split(" ", -1);
            Optional<FileId> fresh = FileId.parse(ids[0]);
            Optional<FileId> first = ids.length == 2 ? FileId.parse(ids[1]) : Optional.empty();
            if (fresh.isPresent() && first.isPresent()) {
              all.put(fresh.get(), first.get());
            }
          });
    } catch (NoSuchFileException none) {
      return Map.of();
    }
    return all;
  }
}
