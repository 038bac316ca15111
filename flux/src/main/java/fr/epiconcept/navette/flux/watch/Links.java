package fr.epiconcept.navette.flux.watch;

import fr.epiconcept.navette.flux.file.FileSystemKind;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The watched paths and the kernel's numbers for the folders that they lead to. Several paths may
 * lead to one folder: they share its number, and the last one to leave gives it back.
 */
final class Links {
  private final Inotify inotify;
  private final Kinds kinds;
  private final Set<WatchedFolder> watches = ConcurrentHashMap.newKeySet();

  /** Those whose paths are not looked after, by the kernel's numbers: there may be many. */
  private final Map<Integer, List<WatchedFolder>> below = new ConcurrentHashMap<>();

  /** Held while a number is asked for or given back: nobody may give back what another just got. */
  private final Object changing = new Object();

  /** Tells the kind of file system that a folder is on. */
  @FunctionalInterface
  interface Kinds {
    FileSystemKind of(Path folder) throws IOException;
  }

  Links(Inotify inotify, Kinds kinds) {
    this.inotify = inotify;
    this.kinds = kinds;
  }

  /** All that are watched at the moment. */
  Iterable<WatchedFolder> all() {
    return watches;
  }

  /** Watches one more. */
  void add(WatchedFolder watch) {
    // Known first, or another watch of the same folder could give its number back.
    watches.add(watch);
    renew(watch);
  }

  /** Watches it no more. */
  void remove(WatchedFolder watch) {
    watches.remove(watch);
    set(watch, new Link.Missing("no longer watched"));
  }

  /** Links it to the folder that its path leads to now. */
  void renew(WatchedFolder watch) {
    try {
      FileSystemKind kind = kinds.of(watch.path());
      if (kind.isNetwork()) {
        String why =
            "on " + kind + " changes made elsewhere bring no events; only rescans see them";
        set(watch, new Link.Polled(why, true));
      } else {
        attach(watch);
      }
    } catch (Inotify.LimitReached limit) {
      set(watch, new Link.Polled(limit.getMessage(), false));
    } catch (FileSystemException noFolder) {
      set(watch, new Link.Missing(noFolder.getReason()));
    } catch (IOException noFolder) {
      set(watch, new Link.Missing(noFolder.getMessage()));
    }
  }

  private void attach(WatchedFolder watch) throws IOException {
    synchronized (changing) {
      if (!watch.isClosed()) {
        set(watch, new Link.Attached(inotify.add(watch.path())));
      }
    }
  }

  /** Says how it stands; the kernel forgets a folder that no path leads to any more. */
  void set(WatchedFolder watch, Link now) {
    synchronized (changing) {
      Link before = watch.link();
      watch.link(now);
      if (before instanceof Link.Attached attached) {
        removeUnlessWanted(attached.watch());
      }
    }
  }

  private void removeUnlessWanted(int number) {
    boolean wanted =
        below.containsKey(number) || watches.stream().anyMatch(other -> other.isAttachedTo(number));
    if (!wanted) {
      inotify.remove(number);
    }
  }

  // --- folders whose paths are not looked after ---

  /**
   * Watches one that is there now.
   *
   * @throws IOException if it cannot be watched
   */
  void addBelow(WatchedFolder watch) throws IOException {
    synchronized (changing) {
      int number = inotify.add(watch.path());
      watch.link(new Link.Attached(number));
      below.computeIfAbsent(number, first -> new CopyOnWriteArrayList<>()).add(watch);
    }
  }

  /** Watches it no more. May be called twice. */
  void removeBelow(WatchedFolder watch) {
    synchronized (changing) {
      if (watch.link() instanceof Link.Attached attached) {
        watch.link(new Link.Missing("no longer watched"));
        below.computeIfPresent(
            attached.watch(),
            (number, all) -> {
              all.remove(watch);
              return all.isEmpty() ? null : all;
            });
        removeUnlessWanted(attached.watch());
      }
    }
  }

  /** All of that number. */
  List<WatchedFolder> below(int number) {
    return below.getOrDefault(number, List.of());
  }
}
