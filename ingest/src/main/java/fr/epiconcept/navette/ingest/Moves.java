package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.config.IngestSection;
import fr.epiconcept.navette.flux.spool.Records;
import fr.epiconcept.navette.flux.spool.Spool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Whether a flux may have another spool or another inbox: what stands between the old inbox and the
 * old spool would be left behind, seen by nobody.
 */
final class Moves {
  private final Spool spool;
  private final List<Records> records;

  Moves(Spool spool, Records... records) {
    this.spool = spool;
    this.records = List.of(records);
  }

  /**
   * Why not, in one line.
   *
   * @throws IOException if that cannot be seen: the disk of the spool may be away
   */
  Optional<String> obstacle(IngestSection from, IngestSection to) throws IOException {
    boolean spoolMoves = !isSame(from.spool(), to.spool());
    if (spoolMoves) {
      int files = spool.count();
      int recorded = 0;
      for (Records kind : records) {
        recorded += kind.list().size();
      }
      if (files + recorded > 0) {
        return Optional.of(
            "ingest.spool cannot become "
                + to.spool()
                + " while "
                + files
                + " files and "
                + recorded
                + " records stand in "
                + from.spool()
                + ": they would be left behind; reload again when it is empty");
      }
    }
    if (spoolMoves || !isSame(from.inbox(), to.inbox())) {
      int staged = Spool.countStaged(from.inbox());
      if (staged > 0) {
        return Optional.of(
            staged
                + " files in "
                + from.inbox().resolve(Spool.STAGING)
                + " are on their way to the spool: reload again when they are there");
      }
    }
    return Optional.empty();
  }

  private static boolean isSame(Path one, Path other) throws IOException {
    return one.equals(other)
        || (Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other));
  }
}
