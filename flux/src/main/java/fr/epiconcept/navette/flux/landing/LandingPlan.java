package fr.epiconcept.navette.flux.landing;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.file.Branch;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.FileKey;
import fr.epiconcept.navette.flux.marks.MarkLine;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a file is to stand, as the mark says it before the rename, and which file in which folder
 * that is: a folder that is not mounted, and another file that has the name by now, look alike by
 * their paths.
 *
 * @param top the target; sub-folders in it may come and go
 * @param name where in it the file is to stand
 * @param folder which folder the target is
 * @param file the file
 */
record LandingPlan(Path top, TreeName name, Optional<FileKey> folder, Optional<FileKey> file) {
  private static final String LANDING = "landing";

  static MarkLine mark(Path top, TreeName name, FileKey file) throws IOException {
    return MarkLine.of(
        LANDING,
        "folder",
        top,
        "sub",
        name.folder().isTop() ? null : name.folder().encoded(),
        "name",
        name.name().encoded(),
        "in",
        FileKey.ofFolder(top),
        "file",
        file);
  }

  /** The plan of the last {@code landing} step, unless the file shall land once more. */
  static Optional<LandingPlan> last(List<MarkLine> lines) {
    Optional<LandingPlan> plan = Optional.empty();
    for (MarkLine line : lines) {
      if (line.step().equals(Landing.AGAIN)) {
        plan = Optional.empty();
      } else if (line.step().equals(LANDING)) {
        plan = Optional.of(read(line));
      }
    }
    return plan;
  }

  private static LandingPlan read(MarkLine line) {
    Path top = Path.of(line.get("folder").orElseThrow());
    SubFolder folder = SubFolder.decode(line.get("sub").orElse(""));
    FileName name = FileName.decode(line.get("name").orElseThrow());
    return new LandingPlan(
        top,
        new TreeName(folder, name),
        line.get("in").map(FileKey::parse),
        line.get("file").map(FileKey::parse));
  }

  /**
   * Whether the file can be looked for at all.
   *
   * @throws IOException if the folder is missing, or another one than it was
   */
  void requireItsFolder(FileId id) throws IOException {
    FileKey now = FileKey.ofFolder(top);
    if (folder.isPresent() && !folder.get().isSameAs(now)) {
      throw new IOException(
          top
              + " is not the folder that "
              + id
              + " landed in: is it mounted? (if it was replaced on purpose, remove that file's open"
              + " mark, and it lands once more)");
    }
  }

  /** Its path as people know it. */
  Path path() {
    return name.in(top);
  }

  /** Whether the very file stands in its place: a link on the way there does not count. */
  boolean stands() throws IOException {
    Optional<Branch> found = Branch.open(top, name.folder());
    if (found.isEmpty()) {
      return false;
    }
    try (Branch in = found.get()) {
      return isItsFile(name.name().in(in.path()));
    }
  }

  /** Whether the very file stands at {@code place}. */
  boolean isItsFile(Path place) throws IOException {
    try {
      FileKey there = FileKey.of(place);
      return FileIdentity.of(place).isRegular() && (file.isEmpty() || file.get().isSameAs(there));
    } catch (NoSuchFileException nothing) {
      return false;
    }
  }
}
