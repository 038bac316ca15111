package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.file.FileIdentity;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** What stands in archive or quarantine, by id; read a day at a time. */
final class KeptFiles {
  private static final String REASON = ".reason.txt";

  private final Path folder;

  KeptFiles(Path folder) {
    this.folder = folder;
  }

  /** A file that is kept. */
  record Kept(Path file, long bytes) {
    boolean isReason() {
      return file.getFileName().toString().endsWith(REASON)
          && file.getFileName().toString().length() == FileId.LENGTH + REASON.length();
    }
  }

  /** All of that day that are {@code wanted}; a day that is not there is empty. */
  Map<FileId, List<Kept>> of(LocalDate day, Predicate<FileId> wanted) throws IOException {
    Map<FileId, List<Kept>> kept = new HashMap<>();
    for (Path entry : list(folder.resolve(day.toString()))) {
      Optional<FileId> id = id(entry).filter(wanted);
      if (id.isPresent()) {
        add(entry, kept.computeIfAbsent(id.get(), first -> new ArrayList<>(1)));
      }
    }
    return kept;
  }

  private static Optional<FileId> id(Path entry) {
    String name = entry.getFileName().toString();
    return name.length() < FileId.LENGTH
        ? Optional.empty()
        : FileId.parse(name.substring(0, FileId.LENGTH));
  }

  private static void add(Path entry, List<Kept> to) throws IOException {
    try {
      FileIdentity looks = FileIdentity.of(entry);
      if (looks.isFolder()) {
        // A name that was too long to carry an id, or one from a sub-folder.
        for (TreeName name : fr.epiconcept.navette.flux.file.Kept.below(entry)) {
          Path file = name.in(entry);
          to.add(new Kept(file, FileIdentity.of(file).size()));
        }
      } else {
        to.add(new Kept(entry, looks.size()));
      }
    } catch (NoSuchFileException gone) {
      // Then it is not kept.
      return;
    }
  }

  /** The first day of which something is kept. */
  Optional<LocalDate> oldest() throws IOException {
    Optional<LocalDate> oldest = Optional.empty();
    for (Path entry : list(folder)) {
      Optional<LocalDate> day = day(entry);
      if (day.isPresent()
          && oldest.filter(known -> !day.get().isBefore(known)).isEmpty()
          && !isEmpty(entry)) {
        oldest = day;
      }
    }
    return oldest;
  }

  private static Optional<LocalDate> day(Path entry) {
    try {
      return Optional.of(LocalDate.parse(entry.getFileName().toString()));
    } catch (DateTimeParseException notOurs) {
      return Optional.empty();
    }
  }

  private static boolean isEmpty(Path entry) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(entry)) {
      return !files.iterator().hasNext();
    } catch (NoSuchFileException | NotDirectoryException none) {
      return true;
    }
  }

  private static List<Path> list(Path folder) throws IOException {
    List<Path> all = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      files.forEach(all::add);
    } catch (NoSuchFileException | NotDirectoryException none) {
      return List.of();
    }
    return all;
  }
}
