package fr.epiconcept.navette.flux.spool;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.spool.Spool.State;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A spool as whoever only looks sees it, while a daemon may be at work in it: nothing is made or
 * changed, and a folder that is not there is empty.
 */
public final class SpoolView {
  private final Path folder;

  /** The records that stand beside the files. */
  public enum Kind {
    /** Those in the archive whose end is not known. */
    ARRIVED,
    /** The dead letters. */
    DEAD;

    private String folder() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public SpoolView(Path folder) {
    this.folder = folder;
  }

  /** The folders of all files in a state, in order of arrival; nothing in them is read. */
  public List<Path> list(State state) throws IOException {
    try {
      return Label.foldersIn(folder.resolve(state.folder()));
    } catch (NoSuchFileException | NotDirectoryException none) {
      return List.of();
    }
  }

  /** The id of a folder that {@link #list} gave. */
  public static FileId id(Path own) {
    return Label.of(own).orElseThrow().id();
  }

  /** The entry in a folder that {@link #list} gave, or nothing if its file is gone. */
  public Optional<Entry> entry(Path own) throws IOException {
    return Entry.in(own);
  }

  /** All ids that have a record of that kind, in order of arrival. */
  public List<FileId> records(Kind kind) throws IOException {
    List<FileId> ids = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.resolve(kind.folder()))) {
      for (Path file : files) {
        FileId.parse(file.getFileName().toString()).ifPresent(ids::add);
      }
    } catch (NoSuchFileException | NotDirectoryException none) {
      return List.of();
    }
    Collections.sort(ids);
    return ids;
  }

  /** A record, or nothing if it is gone. */
  public Optional<String> record(Kind kind, FileId id) throws IOException {
    return DurableFile.read(folder.resolve(kind.folder()).resolve(id.value())).map(String::strip);
  }

  /** Where a record stands. */
  public Path recordFile(Kind kind, FileId id) {
    return folder.resolve(kind.folder()).resolve(id.value());
  }

  /**
   * The folders of files that stand in another folder than a spool's, in order of arrival: those of
   * an inbox's {@link Spool#STAGING}.
   *
   * @throws NoSuchFileException if it is not there
   */
  public static List<Path> foldersIn(Path parent) throws IOException {
    return Label.foldersIn(parent);
  }
}
