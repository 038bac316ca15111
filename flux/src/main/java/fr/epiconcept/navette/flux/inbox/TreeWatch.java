package fr.epiconcept.navette.flux.inbox;

import fr.epiconcept.navette.flux.FileName;
import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.file.Branch;
import fr.epiconcept.navette.flux.file.HeldFolder;
import fr.epiconcept.navette.flux.watch.FolderWatcher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Watches the sub-folders of an inbox and, where the flux asks for markers in a folder of theirs,
 * the one that each may have.
 */
final class TreeWatch {
  private static final FileName MARKERS = FileName.of(Names.OK);

  private final Path top;
  private final BelowWatches folders;
  private final Optional<BelowWatches> markers;

  /**
   * Nothing is watched yet.
   *
   * @param markers whether markers stand in a folder beside their deposits
   */
  TreeWatch(Inbox inbox, FolderWatcher watcher, boolean markers) {
    this.top = inbox.folder();
    this.folders = new BelowWatches(watcher, folder -> new BelowListener(inbox, folder));
    this.markers =
        markers
            ? Optional.of(new BelowWatches(watcher, folder -> new MarkerWatch(inbox, folder)))
            : Optional.empty();
  }

  /** All are to be watched anew as far as they are not: a listing begins. */
  void begin() {
    folders.begin();
  }

  /** A sub-folder is about to be listed: it is watched before. */
  void enters(Branch folder) throws IOException {
    folders.watch(folder.folder(), folder.path());
    watchMarkersIn(folder);
  }

  private void watchMarkersIn(Branch beside) throws IOException {
    Optional<HeldFolder> found =
        markers.isPresent() ? beside.hidden(MARKERS) : Optional.<HeldFolder>empty();
    if (found.isPresent()) {
      try (HeldFolder held = found.get()) {
        markers.get().watch(beside.folder(), held.path());
      }
    }
  }

  /** Whether a folder of that name has markers. */
  boolean hasMarkers(FileName folder) {
    return markers.isPresent() && folder.equals(MARKERS);
  }

  /** A folder of markers has come. */
  void markersCame(SubFolder beside) throws IOException {
    // That at the top is watched for good.
    Optional<Branch> found = beside.isTop() ? Optional.<Branch>empty() : Branch.open(top, beside);
    if (found.isPresent()) {
      try (Branch in = found.get()) {
        watchMarkersIn(in);
      }
    }
  }

  /**
   * A name has gone.
   *
   * @return whether a watched folder had it: then those below it have gone with it
   */
  boolean left(SubFolder folder) {
    boolean known = folders.knows(folder);
    if (known) {
      folders.forget(folder);
      markers.ifPresent(below -> below.forget(folder));
    }
    return known;
  }

  /** A whole listing has met only those. */
  void keepOnly(Set<SubFolder> met) {
    folders.keepOnly(met);
    markers.ifPresent(below -> below.keepOnly(met));
  }

  /** Why some sub-folders are not watched; empty if all are. */
  String whyNot() {
    return folders.whyNot();
  }

  /** Ends all. May be called twice. */
  void end() {
    folders.close();
    markers.ifPresent(BelowWatches::close);
  }
}
