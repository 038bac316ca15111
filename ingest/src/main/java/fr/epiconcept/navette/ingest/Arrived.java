package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.TreeName;
import fr.epiconcept.navette.flux.file.FileIdentity;
import fr.epiconcept.navette.flux.file.FileKey;
import fr.epiconcept.navette.flux.marks.MarkLine;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is remembered of a deposit that stands in the archive while its end is not known, or while
 * it is a dead letter: enough to send it again.
 *
 * @param archive the file
 * @param root the archive; nothing in a record of an earlier version
 * @param size in bytes
 * @param replayOf the deposit that it repeats
 * @param round of the message that was sent last
 * @param era of the broker that was sent to last
 * @param reason why it is a dead letter; nothing in a record of an earlier version
 * @param replayedAs of a dead letter: the id under which it is about to be processed once more
 */
record Arrived(
    FileId id,
    TreeName name,
    Path archive,
    Optional<ArchiveRoot> root,
    long size,
    Optional<FileId> replayOf,
    int round,
    String era,
    Optional<String> reason,
    Optional<FileId> replayedAs) {

  /** A deposit that nobody has given up. */
  Arrived(
      FileId id,
      TreeName name,
      Path archive,
      Optional<ArchiveRoot> root,
      long size,
      Optional<FileId> replayOf,
      int round,
      String era) {
    this(id, name, archive, root, size, replayOf, round, era, Optional.empty(), Optional.empty());
  }

  static Arrived parse(FileId id, String record) {
    MarkLine line = MarkLine.parse(record).orElseThrow();
    TreeName name =
        new TreeName(
            SubFolder.decode(line.get("sub").orElse("")),
            FileName.decode(line.get("name").orElseThrow()));
    Path folder = Path.of(line.get("folder").orElseThrow());
    FileName kept = FileName.decode(line.get("file").orElseThrow());
    return new Arrived(
        id,
        name,
        kept.in(folder),
        root(line),
        Long.parseLong(line.get("bytes").orElseThrow()),
        line.get("replay-of").flatMap(FileId::parse),
        line.get("round").map(Integer::parseInt).orElse(1),
        line.get("era").orElse(""),
        line.get("reason"),
        line.get("replayed-as").flatMap(FileId::parse));
  }

  private static Optional<ArchiveRoot> root(MarkLine line) {
    return line.get("root")
        .map(
            root ->
                new ArchiveRoot(Path.of(root), FileKey.parse(line.get("root-key").orElseThrow())));
  }

  String spelled() {
    return MarkLine.of(
            "arrived",
            "name",
            name.name().encoded(),
            "sub",
            name.folder().isTop() ? null : name.folder().encoded(),
            "folder",
            archive.getParent(),
            "file",
            FileName.of(archive).encoded(),
            "root",
            root.map(ArchiveRoot::folder).orElse(null),
            "root-key",
            root.map(ArchiveRoot::key).orElse(null),
            "bytes",
            size,
            "replay-of",
            replayOf.orElse(null),
            "round",
            round,
            "era",
            era,
            "reason",
            reason.orElse(null),
            "replayed-as",
            replayedAs.orElse(null))
        .toString();
  }

  /**
   * Whether somebody took the file out of the archive.
   *
   * @throws IOException if that cannot be known: the archive itself is not the one that it was
   */
  boolean isRemoved() throws IOException {
    if (root.isPresent()) {
      root.get().require();
    }
    // Looked at after that: it may have been mounted in this very moment.
    try {
      FileIdentity.of(archive);
      return false;
    } catch (NoSuchFileException gone) {
      return true;
    }
  }

  Arrived sentTo(String newEra) {
    return new Arrived(id, name, archive, root, size, replayOf, round, newEra, reason, replayedAs);
  }

  Arrived inRound(int newRound) {
    return new Arrived(id, name, archive, root, size, replayOf, newRound, era, reason, replayedAs);
  }

  Arrived givenUp(String why) {
    Optional<String> text = why.isEmpty() ? Optional.empty() : Optional.of(why);
    return new Arrived(id, name, archive, root, size, replayOf, round, era, text, replayedAs);
  }

  Arrived replayedAs(Optional<FileId> fresh) {
    return new Arrived(id, name, archive, root, size, replayOf, round, era, reason, fresh);
  }

  /** The deposit that it repeats, or itself. */
  FileId first() {
    return replayOf.orElse(id);
  }
}
