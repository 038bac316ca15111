package fr.epiconcept.navette.flux.spool;

import fr.epiconcept.navette.flux.FileId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The name of a file's own folder: {@code <id>}, or {@code <id>.<related>}.
 *
 * @param related the id that it answers or repeats
 */
record Label(FileId id, Optional<FileId> related) {
  String spelled() {
    return id.value() + related.map(other -> "." + other.value()).orElse("");
  }

  /** The label of a folder, if it has one. */
  static Optional<Label> of(Path own) {
    String text = own.getFileName().toString();
    if (text.length() == FileId.LENGTH) {
      return FileId.parse(text).map(id -> new Label(id, Optional.empty()));
    }
    if (text.length() == 2 * FileId.LENGTH + 1 && text.charAt(FileId.LENGTH) == '.') {
      Optional<FileId> related = FileId.parse(text.substring(FileId.LENGTH + 1));
      return related.isEmpty()
          ? Optional.empty()
          : FileId.parse(text.substring(0, FileId.LENGTH)).map(id -> new Label(id, related));
    }
    return Optional.empty();
  }

  /** The folders in {@code parent} that have one, in order of arrival. */
  static List<Path> foldersIn(Path parent) throws IOException {
    List<Path> folders = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(parent)) {
      for (Path own : all) {
        if (of(own).isPresent()) {
          folders.add(own);
        }
      }
    }
    folders.sort(Comparator.comparing(own -> own.getFileName().toString()));
    return folders;
  }
}
