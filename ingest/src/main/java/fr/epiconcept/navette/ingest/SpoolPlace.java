package fr.epiconcept.navette.ingest;

import fr.epiconcept.navette.flux.file.DurableFile;
import fr.epiconcept.navette.flux.ledger.Ledger;
import fr.epiconcept.navette.flux.log.FluxLog;
import fr.epiconcept.navette.flux.spool.Spool;
import fr.epiconcept.navette.flux.spool.Spool.State;
import fr.epiconcept.navette.flux.spool.SpoolView;
import fr.epiconcept.navette.flux.spool.SpoolView.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Remembers in {@code <ingest.state>/flux/<flux>/spool} where the flux's spool was at the last
 * start. What stands in a spool that nobody looks at any more would be lost in silence, and so
 * would the books; so the flux does not start over another one until the old one is empty, and then
 * it takes the books along.
 */
final class SpoolPlace {
  private final Path file;

  /** The memory in {@code state}, the flux's state folder. */
  SpoolPlace(Path state) {
    this.file = state.resolve("spool");
  }

  /**
   * The spool is there from now on.
   *
   * @throws IOException if it was there and is not, or if it was elsewhere, and that is not empty
   *     or cannot be seen
   */
  void becomes(Path spool, FluxLog log) throws IOException {
    Optional<Path> before = DurableFile.read(file).map(String::strip).map(Path::of);
    if (before.filter(spool::equals).isPresent()) {
      // A disk that is not mounted leaves its folder behind, empty: files claimed into that would
      // be hidden by the disk when it comes.
      if (!Spool.isAt(spool)) {
        throw missing(spool);
      }
      return;
    }
    DurableFile.makeFolder(file.getParent());
    DurableFile.makeFolder(spool);
    if (before.isPresent() && !isSame(before.get(), spool)) {
      requireEmpty(before.get(), spool);
      int days = Ledger.take(before.get(), spool);
      log.info(null, "spool-moved", "from", before.get(), "to", spool, "days-of-books", days);
    }
    // Before the memory of it: a crash between the two must not look like a spool that has gone.
    new Spool(spool);
    DurableFile.replace(file, spool + "\n");
  }

  private IOException missing(Path spool) {
    return new IOException(
        "its spool was "
            + spool
            + ", which is missing: is it mounted? if it is gone for good, remove "
            + file);
  }

  private static boolean isSame(Path one, Path other) throws IOException {
    return Files.exists(one) && Files.isSameFile(one, other);
  }

  private void requireEmpty(Path before, Path spool) throws IOException {
    if (!Files.isDirectory(before)) {
      throw missing(before);
    }
    SpoolView view = new SpoolView(before);
    int files = 0;
    for (State state : State.values()) {
      files += view.list(state).size();
    }
    int records = 0;
    for (Kind kind : Kind.values()) {
      records += view.records(kind).size();
    }
    if (files + records > 0) {
      throw new IOException(
          "its spool was "
              + before
              + " and still has "
              + files
              + " files and "
              + records
              + " records: with "
              + spool
              + " in its place nobody would look at them; set ingest.spool back until they have come"
              + " to their end");
    }
  }
}
