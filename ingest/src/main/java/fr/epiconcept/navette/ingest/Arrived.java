package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.FileId;
import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.marks.MarkLine;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is remembered of a deposit that stands in the archive while its end is not known, or while
 * it is a dead letter: enough to send it again.
 *
 * @param archive the file
 * @param size in bytes
 * @param replayOf the deposit that it repeats
 * @param round of the message that was sent last
 * @param era of the broker that was sent to last
 */
record Arrived(
    FileId id,
    FileName name,
    Path archive,
    long size,
    Optional<FileId> replayOf,
    int round,
    String era) {

  static Arrived parse(FileId id, String record) {
    MarkLine line = MarkLine.parse(record).orElseThrow();
    FileName name = FileName.decode(line.get("name").orElseThrow());
    Path folder = Path.of(line.get("folder").orElseThrow());
    FileName kept = FileName.decode(line.get("file").orElseThrow());
    return new Arrived(
        id,
        name,
        kept.in(folder),
        Long.parseLong(line.get("bytes").orElseThrow()),
        line.get("replay-of").flatMap(FileId::parse),
        line.number("round", 1),
        line.get("era").orElse(""));
  }

  String spelled() {
    return MarkLine.of(
            "arrived",
            "name",
            name.encoded(),
            "folder",
            archive.getParent(),
            "file",
            FileName.of(archive).encoded(),
            "bytes",
            size,
            "replay-of",
            replayOf.orElse(null),
            "round",
            round,
            "era",
            era)
        .toString();
  }

  Arrived sentTo(String newEra) {
    return new Arrived(id, name, archive, size, replayOf, round, newEra);
  }

  Arrived inRound(int newRound) {
    return new Arrived(id, name, archive, size, replayOf, newRound, era);
  }
}
