package fr.epiconcept.navette.flux.config;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads a folder into which files are put: just a path, or a path and how files look there. */
final class TargetReader {
  static final Set<PosixFilePermission> MODE =
      Set.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.GROUP_READ);

  private TargetReader() {}

  static Optional<FolderTarget> read(Section parent, String key, List<String> known) {
    if (!parent.isSection(key)) {
      return parent.optionalPath(key).map(TargetReader::anyFile);
    }
    return parent
        .section(key, known)
        .map(
            target -> {
              target.require("path");
              return read(target, target.path("path"));
            });
  }

  /** What its keys say of how files look in {@code path}. */
  static FolderTarget read(Section target, Path path) {
    return new FolderTarget(
        path,
        target.read("owner", Scalars::systemName),
        target.read("group", Scalars::systemName),
        target.read("mode", ModeText::parse).orElse(MODE),
        target.choice("if-exists", FolderTarget.IfExists.SUFFIX));
  }

  /** Files look there as they do if nothing is said. */
  static FolderTarget anyFile(Path path) {
    return new FolderTarget(
        path, Optional.empty(), Optional.empty(), MODE, FolderTarget.IfExists.SUFFIX);
  }
}
