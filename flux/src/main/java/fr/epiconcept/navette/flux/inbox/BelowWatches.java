package fr.epiconcept.navette.flux.inbox;

import fr.epiconcept.navette.flux.SubFolder;
import fr.epiconcept.navette.flux.file.FileKey;
import fr.epiconcept.navette.flux.watch.FolderWatcher;
import fr.epiconcept.navette.flux.watch.FolderWatcher.Listener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The watches of an inbox's sub-folders. Each is set before its folder is listed, so that nothing
 * is put there unseen. Which folder a name means is asked at every listing, for names go over to
 * other folders without a word.
 *
 * <p>Where one cannot be watched (the kernel's limit), the owner lists all the oftener.
 */
final class BelowWatches implements AutoCloseable {
  private final FolderWatcher watcher;
  private final Function<SubFolder, Listener> listeners;
  private final Map<SubFolder, Watched> all = new ConcurrentHashMap<>();
  private volatile String whyNot = "";
  private volatile boolean closed;

  private record Watched(FolderWatcher.Watch watch, FileKey folder) {}

  /**
   * No watches yet.
   *
   * @param listeners who listens to a folder
   */
  BelowWatches(FolderWatcher watcher, Function<SubFolder, Listener> listeners) {
    this.watcher = watcher;
    this.listeners = listeners;
  }

  /** Watches a folder from now on, unless that very one is watched. */
  void watch(SubFolder folder, Path way) {
    try {
      FileKey key = FileKey.ofFolder(way);
      Watched known = all.get(folder);
      if (known != null && known.folder().equals(key)) {
        return;
      }
      forget(folder);
      if (!closed) {
        all.put(folder, new Watched(watcher.watchBelow(way, listeners.apply(folder)), key));
      }
      if (closed) {
        close();
      }
    } catch (IOException e) {
      whyNot = String.valueOf(e.getMessage());
    }
  }

  /** All are to be watched anew as far as they are not: a listing begins. */
  void begin() {
    whyNot = "";
  }

  /** Whether a folder of that name is watched. */
  boolean knows(SubFolder folder) {
    return all.containsKey(folder);
  }

  /** A folder went, and those below it with it. */
  void forget(SubFolder folder) {
    all.keySet().stream().filter(each -> each.isWithin(folder)).toList().forEach(this::end);
  }

  /** Only those have been met. */
  void keepOnly(Set<SubFolder> met) {
    all.keySet().stream().filter(each -> !met.contains(each)).toList().forEach(this::end);
  }

  private void end(SubFolder folder) {
    Watched ended = all.remove(folder);
    if (ended != null) {
      ended.watch().close();
    }
  }

  /** Why some are not watched; empty if all are. */
  String whyNot() {
    return whyNot;
  }

  @Override
  public void close() {
    closed = true;
    all.keySet().forEach(this::end);
  }
}
