package fr.epiconcept.navette.e2e;

import fr.epiconcept.navette.flux.FileName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A file that is kept for people, by the bytes of its name: {@code DAY/ID-NAME}, or {@code
 * DAY/ID/NAME} where that would be too long.
 */
record KeptFile(String id, FileName name, Path file) {
  private static final int ID_LENGTH = 26;

  /** All that stand in an archive or a quarantine; the reasons beside them are left out. */
  static List<KeptFile> in(Path folder) throws IOException {
    List<KeptFile> all = new ArrayList<>();
    for (Path file : Content.files(folder)) {
      Path kept = folder.relativize(file);
      String id = kept.getName(1).toString().substring(0, ID_LENGTH);
      if (!file.getFileName().toString().equals(id + ".reason.txt")) {
        byte[] bytes = FileName.of(file).bytes();
        boolean labelled = kept.getNameCount() == 2;
        all.add(
            new KeptFile(
                id,
                FileName.of(
                    labelled ? Arrays.copyOfRange(bytes, ID_LENGTH + 1, bytes.length) : bytes),
                file));
      }
    }
    return all;
  }

  static List<KeptFile> in(Path folder, FileName name) throws IOException {
    return in(folder).stream().filter(kept -> kept.name().equals(name)).toList();
  }
}
