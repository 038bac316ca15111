package fr.epiconcept.navette.ingest.sftp;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.file.NativeFiles;
import fr.epiconcept.navette.ingest.sftp.Remote.Looks;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What was brought from a partner's server and still stands there, a small file each: as long as
 * there is a note of a file, it is not brought again. On disk before the file itself can be taken,
 * and until it is gone there; so no crash brings anything twice.
 */
final class Notes {
  private static final Pattern SHAPE =
      Pattern.compile("(here|kept) size=(\\d+) modified=(-?\\d+) name=(\\S+)\\s*");

  private final Path folder;
  private final Map<FileName, Note> notes = new TreeMap<>();

  /**
   * One file.
   *
   * @param name its name there
   * @param looks how it looked when it was brought
   * @param kept whether it has come to its end and is to stay there
   */
  record Note(FileName name, Looks looks, boolean kept) {
    private String spelled() {
      return (kept ? "kept" : "here")
          + " size="
          + looks.size()
          + " modified="
          + looks.modified()
          + " name="
          + name.encoded()
          + "\n";
    }

    private static Optional<Note> parse(String text) {
      Matcher parts = SHAPE.matcher(text);
      return parts.matches()
          ? Optional.of(
              new Note(
                  FileName.decode(parts.group(4)),
                  new Looks(Long.parseLong(parts.group(2)), Long.parseLong(parts.group(3))),
                  parts.group(1).equals("kept")))
          : Optional.empty();
    }
  }

  /**
   * Those in {@code folder}, which is made if it is not there.
   *
   * @throws IOException also if one cannot be understood: what it is of might be brought twice
   */
  Notes(Path folder) throws IOException {
    this.folder = folder;
    DurableFile.makeFolder(folder);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.note")) {
      for (Path file : files) {
        Note note =
            Note.parse(Files.readString(file))
                .orElseThrow(() -> new IOException(file + " is damaged: compare and remove it"));
        notes.put(note.name(), note);
      }
    }
  }

  Optional<Note> of(FileName name) {
    return Optional.ofNullable(notes.get(name));
  }

  /** All, by name. */
  List<Note> all() {
    return new ArrayList<>(notes.values());
  }

  /** How many have not come to their end. */
  int underWay() {
    return (int) notes.values().stream().filter(note -> !note.kept()).count();
  }

  /** On disk when this returns. */
  void write(Note note) throws IOException {
    DurableFile.replace(file(note.name()), note.spelled());
    notes.put(note.name(), note);
  }

  /** On disk when this returns: a file of that name is another one from now on. */
  void forget(FileName name) throws IOException {
    Files.deleteIfExists(file(name));
    NativeFiles.syncFolder(folder);
    notes.remove(name);
  }

  private Path file(FileName name) {
    return folder.resolve(Digest.of(name) + ".note");
  }
}
